/* The program as a script of workerd. */

import { runIn } from './run-in.js';

export default {
  async fetch(request: Request): Promise<Response> {
    const url = new URL(request.url).searchParams.get('peer')!;
    return Response.json(await runIn({ url, transport: 'native' }));
  },
};

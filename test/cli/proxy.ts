import { createServer } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** Starts a proxy on the loopback that tunnels (CONNECT), and wants credentials if there are any. */
export async function startProxy(credentials?: string) {
  const tunnels: string[] = [];
  const http = createServer().on('connect', (request, client, head: Buffer) => {
    client.on('error', () => undefined);
    const wanted = credentials && `Basic ${Buffer.from(credentials).toString('base64')}`;
    if (wanted !== request.headers['proxy-authorization']) {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    tunnels.push(request.url!);
    const { hostname, port } = new URL(`http://${request.url!}`);
    const upstream = connect(Number(port), hostname, () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.write(head);
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on('error', () => client.destroy());
    client.on('close', () => upstream.destroy());
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void http.close());

  const host = `127.0.0.1:${(http.address() as AddressInfo).port}`;
  return {
    host,
    url: `http://${host}`,
    tunnels,
    /** Nobody listens any more. */
    stop: () => new Promise((resolve) => http.close(resolve)),
  };
}

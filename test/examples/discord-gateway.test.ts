import { describe, expect, it, vi } from 'vitest';
import { discordGateway } from '../../examples/discord-gateway/client.js';
import { leavesNothingBehind } from '../helpers/leftovers.js';
import { TestServer } from '../helpers/server.js';
import type { Peer } from '../helpers/server.js';
import { eventually } from '../helpers/eventually.js';

leavesNothingBehind();

interface Payload {
  op: number;
  d: unknown;
}

/** A gateway that greets, answers heartbeats, starts and resumes sessions. */
async function gateway({ interval = 60_000, answers = true } = {}) {
  const server = await TestServer.start();
  let sequence = 0;
  const dispatch = (peer: Peer, t: string, d: unknown = {}) => peer.sendJson({ op: 0, t, d, s: ++sequence });
  server.greet((peer) => {
    peer.sendJson({ op: 10, d: { heartbeat_interval: interval } });
    peer.onMessage((text) => {
      const { op } = JSON.parse(text) as Payload;
      if (op === 1) peer.sendJson({ op: 11 });
      if (op === 2 && answers) {
        dispatch(peer, 'READY', {
          session_id: `session ${server.peers.length}`,
          resume_gateway_url: `${server.url}/resume`,
        });
      }
      if (op === 6 && answers) dispatch(peer, 'RESUMED');
    });
  });
  return { server, dispatch };
}

const heard = (peer: Peer | undefined) => peer?.received.map((text) => JSON.parse(String(text)) as Payload) ?? [];
/** Without heartbeats, of which the first may come at any time. */
const said = (peer: Peer | undefined) => heard(peer).filter(({ op }) => op !== 1);
const identify = { op: 2, d: { token: 'abc', intents: 512, properties: { os: 'any' } } };
const resume = (seq: number) => ({ op: 6, d: { token: 'abc', session_id: 'session 1', seq } });

/** A client, and what it hears. */
function connect(server: TestServer) {
  const { connection, dispatches } = discordGateway(server.url, 'abc', 512);
  const names: unknown[] = [];
  const subscription = dispatches.subscribe({
    next: ({ t }) => names.push(t),
    error: (error: unknown) => names.push(error),
  });
  return { connection, names, leave: () => subscription.unsubscribe() };
}

const isReady = ({ connection }: ReturnType<typeof connect>, opens = 1) =>
  vi.waitFor(() => expect(connection.state.value).toMatchObject({ status: 'open', attempt: opens }), 5000);

describe('the example discord-gateway', () => {
  it('identifies itself before anything else is sent', async () => {
    const { server } = await gateway();
    const client = connect(server);
    client.connection.messages.next({ op: 3, d: 'presence' });

    await isReady(client);

    await eventually(() => expect(said(server.peers[0])).toEqual([identify, { op: 3, d: 'presence' }]));
    expect(heard(server.peers[0])[0]).toEqual(identify);
    expect(client.names).toEqual(['READY']);
    client.leave();
  });

  it('stays connected over a message that is no JSON', async () => {
    const { server } = await gateway();
    const client = connect(server);
    await isReady(client);
    const rejected = vi.fn();
    const closed = vi.fn();
    const subscription = client.connection.lifecycle.subscribe(({ type }) => {
      if (type === 'rejected') rejected();
      if (type === 'close') closed();
    });

    server.peers[0]!.send('{oops');
    await eventually(() => expect(rejected.mock.calls.length + closed.mock.calls.length).toBe(1));

    expect(closed).not.toHaveBeenCalled();
    subscription.unsubscribe();
    client.leave();
  });

  it('beats as often as the server says, with the last sequence, and when it is asked', async () => {
    const { server, dispatch } = await gateway({ interval: 20 });
    const client = connect(server);
    await isReady(client);
    dispatch(server.peers[0]!, 'MESSAGE');
    await eventually(() => expect(client.names).toContain('MESSAGE'));

    await eventually(() => expect(heard(server.peers[0])).toContainEqual({ op: 1, d: 2 }));
    await eventually(() => expect(client.connection.stats.latency).toBeGreaterThanOrEqual(0));
    client.leave();

    const asking = await gateway();
    const asked = connect(asking.server);
    await isReady(asked);
    asking.server.peers[0]!.sendJson({ op: 1 });
    await eventually(() => expect(heard(asking.server.peers[0]).at(-1)).toEqual({ op: 1, d: 1 }));
    asked.leave();
  });

  it.each<[string, (peer: Peer) => void, number]>([
    ['a drop', (peer) => peer.drop(), 1006],
    ['a request to reconnect', (peer) => peer.sendJson({ op: 7 }), 4000],
    ['a session that is invalid for now', (peer) => peer.sendJson({ op: 9, d: true }), 4000],
  ])('resumes with the last sequence after %s, where the server said', async (_what, end, code) => {
    const { server, dispatch } = await gateway();
    const client = connect(server);
    await isReady(client);
    dispatch(server.peers[0]!, 'MESSAGE');
    await eventually(() => expect(client.names).toContain('MESSAGE'));

    end(server.peers[0]!);
    await isReady(client, 2);

    expect(said(server.peers[1])).toEqual([resume(2)]);
    expect(server.requests[1]!.url).toBe('/resume');
    expect((await server.peers[0]!.closed).code).toBe(code);
    client.leave();
  });

  it.each<[string, (peer: Peer) => void]>([
    ['is invalid', (peer) => peer.sendJson({ op: 9, d: false })],
    ['timed out', (peer) => peer.closeWith(4009)],
  ])('identifies itself anew where the session %s', async (_what, end) => {
    const { server } = await gateway();
    const client = connect(server);
    await isReady(client);

    end(server.peers[0]!);
    await isReady(client, 2);

    expect(said(server.peers[1])).toEqual([identify]);
    expect(server.requests[1]!.url).toBe('/');
    client.leave();
  });

  it('gives up where the token is refused', async () => {
    const { server } = await gateway({ answers: false });
    const client = connect(server);
    await eventually(() => expect(said(server.peers[0])).toEqual([identify]));

    server.peers[0]!.closeWith(4004, 'Authentication failed.');

    await eventually(() => expect(client.names).toMatchObject([{ name: 'FatalCloseError', cause: { code: 4004 } }]));
    expect(client.connection.state.value.status).toBe('failed');
    expect(server.peers).toHaveLength(1);
  });
});

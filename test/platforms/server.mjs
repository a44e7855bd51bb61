// The server of all places, in a process of its own: each path is a peer of another kind. It also serves pages, and
// passes on what they report.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

const MIB = 1024 * 1024;
const FLOOD = 32 * MIB;

/** What programs ask about other connections, by the connection's key. */
const facts = new Map();
const factOf = (key) => {
  if (!facts.has(key)) {
    const fact = { flooded: 0 };
    fact.closed = new Promise((resolve) => (fact.close = resolve));
    fact.gone = new Promise((resolve) => (fact.end = resolve));
    facts.set(key, fact);
  }
  return facts.get(key);
};

const within = (ms, promise, otherwise) =>
  Promise.race([promise, new Promise((resolve) => setTimeout(resolve, ms, otherwise))]);

/** What is answered to a question: the key of a connection follows. */
const answers = {
  /** The code and the reason of its Close frame. */
  close: (fact) => within(5_000, fact.closed, 'no Close frame'),
  /** Whether its TCP connection ends within a second. */
  gone: (fact) => within(1_000, fact.gone, 'no'),
  /** How many MiB of a flood were taken; all of it is what a client that reads would take. */
  flooded: (fact) => (fact.flooded / MIB).toFixed(),
};

const sockets = new WebSocketServer({ noServer: true, handleProtocols: (offered) => [...offered].at(0) ?? false });

const peers = {
  /** Sends back what it gets. */
  '/echo': (peer) => peer.on('message', (data, isBinary) => peer.send(data, { binary: isBinary })),
  /** Breaks the connection when it gets anything. */
  '/break': (peer, { socket }) => peer.on('message', () => socket.destroy()),
  /** Closes when it gets anything. */
  '/close': (peer) => peer.on('message', () => peer.close(4002, 'enough')),
  /** Sends back one message, and then says that there is no more to be had. */
  '/once': (peer) =>
    peer.once('message', (data, isBinary) => {
      peer.send(data, { binary: isBinary });
      peer.close(4403, 'that was all');
    }),
  /** Says which headers it got. */
  '/headers': (peer, { headers }) => peer.send(headers['x-token'] ?? 'none'),
  /** Sends a ping, and then a text. */
  '/ping': (peer) => {
    peer.ping('are you there?');
    peer.send('pinged');
  },
  /** Answers nothing, no ping and no Close frame, but notices that the connection is gone. */
  '/silent': (_peer, { socket }) => {
    socket.removeAllListeners('data');
    socket.resume();
  },
  /** Sends 32 MiB, as fast as they are taken. */
  '/flood': (peer, _request, fact) => {
    const piece = Buffer.alloc(64 * 1024);
    const more = () => {
      if (fact.flooded >= FLOOD) return peer.send('all');
      peer.send(piece, (error) => {
        if (error) return;
        fact.flooded += piece.length;
        more();
      });
    };
    more();
  },
  '/ask': (peer) =>
    peer.on('message', async (data) => {
      const [question, key] = data.toString().split(' ');
      peer.send(await answers[question](factOf(key)));
    }),
};

/** Every page has the script of its name. */
const page = await readFile(new URL('page.html', import.meta.url), 'utf8');

const refused = 'HTTP/1.1 503 No\r\nRetry-After: 7\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbusy';

const http = createServer(async (request, response) => {
  const { pathname } = new URL(request.url, 'http://x');
  response.setHeader('cache-control', 'no-cache'); // with no-store, no page would come back from the back/forward cache
  if (request.method === 'POST') {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    process.send({ report: pathname.slice(1), body });
    return response.end();
  }
  const [body, type] = pathname.endsWith('.js')
    ? [await readFile(`${process.argv[2]}${pathname}`).catch(() => undefined), 'text/javascript']
    : [page.replace('page.js', `${pathname.slice(1)}.js`), 'text/html'];
  response.writeHead(body ? 200 : 404, { 'content-type': `${type}; charset=utf-8` }).end(body);
});

http.on('upgrade', (request, socket, head) => {
  socket.on('error', () => {});
  const { pathname, searchParams } = new URL(request.url, 'http://x');
  const fact = factOf(searchParams.get('key'));
  socket.on('close', () => fact.end('yes'));
  if (pathname === '/never') return;
  if (pathname === '/refused') return socket.end(refused);
  sockets.once('headers', (lines) => lines.push('X-Served-By: platforms'));
  sockets.handleUpgrade(request, socket, head, (peer) => {
    peer.on('error', () => {});
    peer.on('close', (code, reason) => fact.close(`${code} ${reason}`));
    peers[pathname](peer, request, fact);
  });
});

http.listen(0, '127.0.0.1', () => process.send({ port: http.address().port }));
process.on('disconnect', () => process.exit());

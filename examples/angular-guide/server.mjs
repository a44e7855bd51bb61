import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import sirv from 'sirv';
import { WebSocketServer } from 'ws';

const [port = '3000', seconds = '60', folder = 'dist/guide/browser'] = process.argv.slice(2);
const EXPIRED = 4401;

const sign = (text) => createHmac('sha256', 'a secret of the server').update(text).digest('hex');

/** A token that says whose it is, what it is for and when it expires. */
function tokenFor(kind, name, life) {
  const text = Buffer.from(JSON.stringify([kind, name, Date.now() + life * 1000])).toString('base64url');
  return `${text}.${sign(text)}`;
}

/** What a token says, if it is one of ours and has not expired. */
function read(kind, token = '') {
  const [text, signature] = token.split('.');
  if (signature !== sign(text)) return undefined;
  const [itsKind, name, expires] = JSON.parse(Buffer.from(text, 'base64url'));
  return itsKind === kind && expires > Date.now() ? { name, expires } : undefined;
}

const answers = {
  '/api/login': ({ name, password }) => (password === 'secret' ? name : undefined),
  '/api/refresh': ({ refresh }) => read('refresh', refresh)?.name,
};

const page = sirv(folder, { single: true });
const server = createServer(async (request, response) => {
  const nameOf = answers[request.url];
  if (!nameOf) return page(request, response);
  const name = nameOf(await json(request));
  if (name === undefined) return response.writeHead(401).end();
  const tokens = { access: tokenFor('access', name, seconds), refresh: tokenFor('refresh', name, seconds * 10) };
  response.end(JSON.stringify(tokens));
});

const prices = Array.from({ length: 200 }, (_, n) => {
  const symbol = [n / 26, n % 26].map((letter) => String.fromCharCode(65 + letter)).join('');
  return { type: 'price', symbol: `R${symbol}`, price: 20 + ((n * 37) % 180), change: 0 };
});
const said = [];
const keys = new Set();
const clients = new WebSocketServer({ server, path: '/api/feed' });

function broadcast(message) {
  for (const client of clients.clients) client.send(JSON.stringify(message));
}

setInterval(() => {
  for (let n = 0; n < 20; n++) {
    const price = prices[Math.floor(Math.random() * prices.length)];
    const step = (Math.random() - 0.5) * 0.02 * price.price;
    Object.assign(price, { price: price.price + step, change: price.change + step });
    broadcast(price);
  }
}, 50);

clients.on('connection', (socket, { url }) => {
  // A page sees nothing of a refused handshake but 1006. The code of a close says why.
  const user = read('access', new URL(url, 'ws://host').searchParams.get('token') ?? '');
  if (!user) return socket.close(EXPIRED, 'the token has expired');
  const expiry = setTimeout(() => socket.close(EXPIRED, 'the token has expired'), user.expires - Date.now());
  socket.on('close', () => clearTimeout(expiry));

  for (const message of [{ type: 'history', said }, ...prices]) socket.send(JSON.stringify(message));
  socket.on('message', (data) => {
    const message = JSON.parse(data);
    if (message.type === 'ping') socket.send('{"type":"pong"}');
    if (message.type !== 'say') return;
    socket.send(JSON.stringify({ type: 'received', id: message.id }));
    if (keys.has(message.key)) return;
    keys.add(message.key);
    said.push({ type: 'said', number: said.length + 1, name: user.name, text: message.text });
    broadcast(said.at(-1));
  });
});

server.listen(Number(port), () => console.log(`http://localhost:${server.address().port}`));

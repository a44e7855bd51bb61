// A counting server in a process of its own, so that it can be killed, stopped, and have a network of its own.
import { WebSocketServer } from 'ws';

const [host, port] = process.argv.slice(2);
const server = new WebSocketServer({ host, port: Number(port) });

server.on('listening', () => process.send({ port: server.address().port }));
server.on('connection', (client, { url }) => {
  const attempt = Number(new URL(url, 'ws://127.0.0.1').searchParams.get('attempt'));
  let count = 0;
  const stream = setInterval(() => client.send(JSON.stringify([attempt, ++count])), 10);
  client.on('error', () => {});
  client.on('message', (data) => process.connected && process.send({ attempt, got: Number(data) }));
  client.on('close', () => clearInterval(stream));
});
process.on('disconnect', () => process.exit());

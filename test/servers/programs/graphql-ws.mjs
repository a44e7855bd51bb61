// An echo server on graphql-ws.
import { buildSchema } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';

const webSockets = new WebSocketServer({
  host: '127.0.0.1',
  port: Number(process.argv[2]),
  handleProtocols: () => 'graphql-transport-ws',
});
const schema = buildSchema('type Query { echo(payload: String!): String! }');
const server = useServer({ schema, roots: { query: { echo: ({ payload }) => payload } } }, webSockets);

process.once('SIGTERM', () => server.dispose());

import type { ServerKind } from '../server-kind.js';
import { gorilla } from './gorilla.js';
import { graphqlWs } from './graphql-ws.js';
import { haproxy } from './haproxy.js';
import { libwebsockets } from './libwebsockets.js';
import { mosquitto } from './mosquitto.js';
import { nats } from './nats.js';
import { nginx } from './nginx.js';
import { pythonWebsockets } from './python-websockets.js';
import { websocketd } from './websocketd.js';

/** All servers that are tested. */
export const serverKinds: readonly ServerKind[] = [
  pythonWebsockets,
  gorilla,
  libwebsockets,
  websocketd,
  graphqlWs,
  nats,
  mosquitto,
  nginx,
  haproxy,
];

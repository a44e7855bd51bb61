export { coldOn } from './cold-on.js';
export { expectLifecycle } from './expect-lifecycle.js';
export type { LifecycleExpectation } from './expect-lifecycle.js';
export { recorded } from './recorded.js';
export type { RecordedScripts } from './recorded.js';
export type {
  RecordedClientEvent,
  RecordedConnection,
  RecordedEvent,
  RecordedServerEvent,
  Recording,
} from './recording.js';
export { accept, closeWith, ping, pong, raw, refuseWith, silence } from './script.js';
export type { Acceptance, ScriptStep } from './script.js';
export { scriptedServer } from './scripted-server.js';
export type { Cold, ScriptedRequest, ScriptedServer, ScriptedServerOptions } from './scripted-server.js';
export type { ClientAction, ClientClose, ClientFrame, ServerLogEntry } from './server-log.js';

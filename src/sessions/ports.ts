import type { Observable } from 'rxjs';
import type { WebSocketConnection } from '../connection/web-socket-connection.js';
import { insideOf, SESSION_PORT } from '../protocol/session-port.js';
import type { ConnectionPort, LinkInside, SessionPort } from '../protocol/session-port.js';
import { connectionPort } from './connection-port.js';
import { linkPort } from './link-port.js';
import type { ConnectionPool } from './pool-interfaces.js';
import { publicPort } from './public-port.js';

/** Where {@link PoolPort} is on a pool. @internal */
export const POOL_PORT: unique symbol = Symbol.for('rxwire.poolPort') as never;

/** What sessions need of a pool beyond its public members; nobody else uses it. @internal */
export interface PoolPort<In, Out> {
  /** Leases a connection without a key: for requests, which take no key's place. */
  lease(): Observable<WebSocketConnection<In, Out>>;
  /** Keeps the place of a key, also when nobody leases it any more. @returns gives the place back */
  hold(key: unknown): () => void;
}

/** What topics stand on. */
export type SessionTarget<In, Out> = WebSocketConnection<In, Out> | ConnectionPool<In, Out>;

/** Whether something is a connection or a pool. */
export function isTarget(target: unknown): boolean {
  return Object(target) === target && 'lifecycle' in (target as object);
}

export function poolPortOf<In, Out>(target: SessionTarget<In, Out>): PoolPort<In, Out> | undefined {
  return (target as { [POOL_PORT]?: PoolPort<In, Out> })[POOL_PORT];
}

export function portOf<In, Out>(connection: WebSocketConnection<In, Out>): ConnectionPort<In, Out> {
  const inside = insideOf<In, Out>(connection);
  return inside ? connectionPort(inside) : publicPort(connection);
}

export function linkPortOf<Out>(link: unknown): SessionPort<Out> | undefined {
  const isLink = Object(link) === link && SESSION_PORT in (link as object);
  return isLink ? linkPort(() => (link as { [SESSION_PORT]: LinkInside<Out> })[SESSION_PORT]) : undefined;
}

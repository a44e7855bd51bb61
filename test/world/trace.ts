import type { ClientAction } from '../../src/testing/index.js';
import type { Watch } from './watch.js';

/** Writes down what a connection does, for those who look for a fault. */
export function traceOf(watch: Watch, client: string, note: (what: string) => void): void {
  watch.connection.events.subscribe((event) => note(`${client}: ${watch.name}: ${JSON.stringify(event)}`));
  watch.connection.state.subscribe(({ status }) => note(`${client}: ${watch.name}: is ${status}`));
  watch.onAction = (action: ClientAction) => note(`${client}: ${watch.name}: ${JSON.stringify(action)}`);
}

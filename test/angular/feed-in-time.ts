import { TestBed } from '@angular/core/testing';
import { injectWebSocket, WEB_SOCKET_TRANSPORT } from '../../src/angular/index.js';
import type { ConfigOrUrl, InjectedWebSocket } from '../../src/angular/index.js';
import type { Supervision } from '../../src/index.js';
import { closeWith, scriptedServer } from '../../src/testing/index.js';
import type { ScriptedServer } from '../../src/testing/index.js';
import { inVirtualTime } from '../helpers/marbles.js';
import type { VirtualTime } from '../helpers/marbles.js';
import './ticker.js';

export type Config = ConfigOrUrl<string, unknown>;

type FeedTest = (feed: InjectedWebSocket<string, unknown>, server: ScriptedServer, time: VirtualTime) => void;

/** Runs a test with an injected connection to a scripted server; frames come every millisecond. */
export function withFeed(
  scripts: readonly string[],
  config: Config | (() => Config | undefined),
  test: FeedTest,
  ...supervision: Supervision[]
): void {
  withFeedBeforeEffects(
    scripts,
    config,
    (feed, server, time) => {
      TestBed.tick();
      test(feed, server, time);
    },
    ...supervision,
  );
}

/** The same before the first render, and before the first effect has run. */
export function withFeedBeforeEffects(
  scripts: readonly string[],
  config: Config | (() => Config | undefined),
  test: FeedTest,
  ...supervision: Supervision[]
): void {
  inVirtualTime((time) => {
    time.animate('x'.repeat(200));
    const server = scriptedServer(time.cold, scripts, { X: closeWith(4401), S: closeWith(1011) });
    TestBed.overrideProvider(WEB_SOCKET_TRANSPORT, { useValue: server.transport });
    const inject = injectWebSocket as (...args: unknown[]) => InjectedWebSocket<string, unknown>;
    const feed = TestBed.runInInjectionContext(() => inject(config, ...supervision));
    test(feed, server, time);
    time.flush();
    TestBed.resetTestingModule();
    time.flush();
  });
}

/** A test whose time goes on after an effect. */
export const after = ({ at }: VirtualTime, ms: number, action: () => void) =>
  at(ms, () => {
    action();
    TestBed.tick();
  });

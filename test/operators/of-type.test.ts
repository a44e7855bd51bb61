import { describe, expect, it } from 'vitest';
import { ofType } from '../../operators/index.js';
import type { LifecycleEvent } from '../../src/protocol/lifecycle.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { close, closedWith, connecting, heartbeatEvent, open, reconnecting, trouble } from './lifecycle-events.js';
import { addsNothingToQuietSources } from './quiet-sources.js';

const events = {
  c: connecting(),
  o: open(),
  h: heartbeatEvent(3),
  j: { type: 'rejected', data: '{', error: new Error('no JSON') } as const,
  d: { type: 'dropped', count: 1, reason: 'overflow' } as const,
  e: trouble(new Error('reset')),
  x: close(),
  r: reconnecting(1, 3, closedWith(1006)),
};

describe('ofType', () => {
  it.each([
    ['connecting', 'c-------c--|'],
    ['open', '       -o---------|'],
    ['heartbeat', '  --h--------|'],
    ['rejected', '   ---j-------|'],
    ['dropped', '    ----d------|'],
    ['error', '      -----e-----|'],
    ['close', '      ------x----|'],
    ['reconnecting', '-------r---|'],
  ] as const)('lets %s events through and no others', (type, expected) => {
    inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold<LifecycleEvent>('cohjdexrc--|', events);

      expectObservable(source.pipe(ofType(type))).toBe(expected.trim(), events);
      expectSubscriptions(source.subscriptions).toBe('^----------!');
    });
  });

  it('lets several types through', () => {
    inVirtualTime(({ cold, expectObservable }) => {
      const source = cold<LifecycleEvent>('  cohjdexrc--|', events);
      const expected = '                             -o----xr---|';

      expectObservable(source.pipe(ofType('open', 'close', 'reconnecting'))).toBe(expected, events);
    });
  });

  addsNothingToQuietSources(() => ofType('open'));

  it('passes an error on', () => {
    inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const failure = closedWith(1006);
      const source = cold<LifecycleEvent>('cox#', events, failure);

      expectObservable(source.pipe(ofType('open'))).toBe('-o-#', events, failure);
      expectSubscriptions(source.subscriptions).toBe('^--!');
    });
  });

  it('keeps subscribers apart, one after another and side by side', () => {
    inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold<LifecycleEvent>('co-o|', events);
      const result = source.pipe(ofType('open'));

      expectObservable(result, '^').toBe('  -o-o|', events);
      expectObservable(result, '--^').toBe('---o-o|', events);
      expectObservable(result, '-----^').toBe('------o-o|', events);
      expectSubscriptions(source.subscriptions).toBe(['^---!', '--^---!', '-----^---!']);
    });
  });

  it('says what it wants where it is given nothing', () => {
    const make = () => (ofType as () => unknown)();

    expect(make).toThrow('Expected `types` to be at least one type of event, got "none".');
  });

  it.each([[[]], [['opened']], [['open', 'Close']], [[undefined]], [[['open']]]])(
    'refuses %j when it is made',
    (types) => {
      const make = () => (ofType as (...types: unknown[]) => unknown)(...types);

      expect(make).toThrow(/^Expected `types/);
    },
  );
});

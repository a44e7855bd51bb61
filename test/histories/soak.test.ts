import { describe, expect, it } from 'vitest';
import { FeedHistory, History, now } from '../soak/history.mjs';
import { plantFaults } from '../soak/planted.mjs';

/** A connection that receives a burst, and ends. */
function burst(
  fault: string,
  { code, arrive, plant = (deliver) => deliver }: Ended & { arrive: number; plant?: Plant },
): string {
  const history = new History();
  const feed = new FeedHistory(history, 'feed');
  feed.plan({ fault, burst: 500 });
  feed.open();
  const deliver = plant((n) => feed.deliver(n));
  for (let n = 0; n < arrive; n++) {
    feed.receive(n, now());
    deliver(n);
  }
  feed.close(code, 0);
  history.finish();
  return history.describe();
}

interface Ended {
  readonly code: number | undefined;
}

type Plant = (deliver: (n: number) => void) => (n: number) => void;

/** A feed gives messages; the server echoes those that the function passes on, and the connection ends. */
function echoes(given: number, queued: number, plant: Plant): string {
  const history = new History();
  const feed = new FeedHistory(history, 'feed');
  feed.plan({ fault: 'close', burst: 0 });
  feed.open();
  const echo = plant((n) => feed.echo(n, now()));
  for (let n = 1; n <= given; n++) echo(feed.give());
  feed.close(1000, queued);
  feed.open();
  echo(feed.give());
  history.finish();
  return history.describe();
}

const firstLine = (text: string) => text.split('\n')[0];

describe('the history of the soak', () => {
  it.each([
    ['close', 1001, 500, ''],
    ['close', 1001, 499, '1 lost'],
    ['badFrame', 1002, 300, '200 lost'],
    ['close', 1006, 300, ''], // the server was killed
    ['reset', 1006, 300, ''],
    ['unsubscribe', undefined, 300, ''],
  ])('of a burst of 500 before %s, closed with %s, of which %s arrive', (fault, code, arrive, expected) => {
    expect(firstLine(burst(fault, { code, arrive }))).toBe(expected);
  });

  it('draws what is lost, doubled and reordered in a burst', () => {
    const drawn = burst('reset', { code: 1006, arrive: 500, plant: (deliver) => plantFaults(150, deliver) });

    expect(firstLine(drawn)).toBe('1 doubled, 1 reordered, 1 lost');
    expect(drawn).toMatch(/^feed, connection 1\/150 +[\d.]+ server +[\d.]+ server +[\d.]+ feed +- +<- lost$/m);
    expect(drawn).toMatch(/^feed, connection 1\/300 .* feed \+ [\d.]+ feed +<- doubled$/m);
    expect(drawn).toMatch(/^feed, connection 1\/450 .*<- reordered$/m);
  });

  it('draws what is lost, doubled and reordered on its way to the server and back', () => {
    const drawn = echoes(100, 0, (echo) => plantFaults(30, echo));

    expect(firstLine(drawn)).toBe('2 doubled, 2 reordered, 1 lost');
    expect(drawn).toMatch(/^feed\/60 .* server \+ [\d.]+ server .* feed \+ [\d.]+ feed +<- doubled$/m);
    expect(drawn).toMatch(/^feed\/90 .*<- reordered$/m);
  });

  it('lets messages be lost that were on their way at the end of a connection, and no others', () => {
    const upTo =
      (last: number): Plant =>
      (echo) =>
      (n) => {
        if (n <= last || n > 20) echo(n);
      };

    expect(echoes(20, 0, upTo(15))).toBe('');
    expect(firstLine(echoes(20, 2, upTo(15)))).toBe('2 lost'); // they were to wait for the next one
    expect(firstLine(echoes(20, 5, upTo(15)))).toBe('5 lost');
  });
});

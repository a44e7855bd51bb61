import { format } from 'prettier';
import { markdownTable } from '../helpers/markdown-table.mjs';
import { cases } from './cases/index.js';
import { outcomeIn } from './outcome.js';
import { GROUPS, groupOf } from './groups.js';
import { OK } from './judge.js';
import { places } from './places.js';
import type { ConformancePlace, Deviations } from './places.js';

const rows: readonly ConformancePlace[] = Object.values(places);

/** A group of cases in each place: all of them are ok, or so many. */
function summary(): string {
  return markdownTable(
    ['cases', ...rows.map(({ name }) => name)],
    Object.entries(GROUPS).map(([group, title]) => {
      const ids = cases.map(({ id }) => id).filter((id) => groupOf(id) === group);
      const counts = rows.map(({ deviations }) => ids.filter((id) => outcomeIn(deviations, id) === OK).length);
      return [`${group} ${title} (${ids.length})`, ...counts.map((count) => (count === ids.length ? 'all' : count))];
    }),
  );
}

const lines = (name: string, listed: Deviations, more = '') =>
  Object.entries(listed).map(
    ([outcome, ids]) =>
      `- ${name}${more} ${outcome}: ${ids.map((id) => id.replace(/^(.+)\.\*$/, 'all of $1')).join(', ')}`,
  );

const deviations = () =>
  rows
    .flatMap(({ name, deviations, sometimes = {} }) => [
      ...lines(name, deviations),
      ...lines(name, sometimes, ' in some runs'),
    ])
    .join('\n');

/** Every case in every place. What is not ok has the number of its outcome. */
function everyCase(): string {
  const outcomes = [...new Set(rows.flatMap((place) => Object.keys(place.deviations)))];
  const mark = (outcome: string) => (outcome === OK ? 'ok' : outcomes.indexOf(outcome) + 1);
  return [
    outcomes.map((outcome, index) => `${index + 1}. ${outcome}`).join('\n'),
    markdownTable(
      ['', 'case', ...rows.map(({ name }) => name)],
      cases.map(({ id, title }) => [id, title, ...rows.map((place) => mark(outcomeIn(place.deviations, id)))]),
    ),
  ].join('\n\n');
}

/** docs/conformance.md */
export const conformancePage = (): Promise<string> =>
  format(
    [
      '# Conformance',
      'A server plays the cases of RFC 6455 and RFC 7692, right and wrong ones, and a client behind `observeWebSocket` echoes what it gets. A case is ok where the server saw the right frames, and rxwire emitted the right messages, the right `close` and the right error. The cases are numbered as the public Autobahn test suite numbers them, and written from the RFCs; group 14 is not in that suite, and its payloads are shorter and fewer.',
      'Tests assert this table: in Node and in a page of Chromium by `npm test`, in Firefox, WebKitGTK, Bun and Deno by `npm run test:platforms`. workerd and the `WebSocketStream` of Chromium are not in it: the one ends a request that waits for a connection that does not end, and the page of the other closes in the middle.',
      'What is not ok comes from the WebSocket of the place. A place whose WebSocket does not say why it failed emits 1006; that is ok. On `ws`, a connection that fails is a `close` with 1002, 1007 or 1009 by us.',
      summary(),
      '## What the places do otherwise',
      'Failing at the end of the message is allowed: section 8.1 does not say when a text that is not UTF-8 must fail.',
      deviations(),
      '## Every case',
      everyCase(),
    ].join('\n\n'),
    { parser: 'markdown', printWidth: 120 },
  );

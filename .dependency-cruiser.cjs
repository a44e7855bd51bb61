'use strict';

/*
 * The import law. From the bottom up: protocol/ and rx/, which are values and functions of values, and what RxJS does
 * not document; logging/ and page/ on them; the operators and the transports on these; the connection, which knows
 * neither an operator nor a concrete transport; the entries, which put these together; and what stands on top.
 */

const inside = (...folders) => `^src/(${folders.join('|')})/`;
const source = (...names) => `^src/(${names.join('|')})\\.ts$`;

const foundation = inside('protocol', 'rx');
const leaf = inside('protocol', 'rx', 'logging', 'page');
const port = source('transport/transport');
const connection = inside('connection');
const entry = source('index', 'index\\.node', 'public');
/** What one transport alone needs. */
const besideTransports = '^src/transport/((runtime|peers-closing)\\.ts$|ws/)';
const concreteTransport = '^src/transport/(?!(transport|runtime|peers-closing)\\.ts$|ws/)';
const operators = '^operators/';
/** What one operator alone needs. */
const beside =
  '^operators/(await-sign|batching|bounded-merge|conflating-queue|ping-frame|pulse|retry-loop|retry-wait|sequence-range|shared-refresh|timetable)\\.ts$';
const onTop = inside('sessions', 'testing', 'angular', 'metrics', 'otel', 'cli');
const sessions = inside('sessions');
const rxjs = ['^rxjs$', '(^|/)node_modules/rxjs/'];
const ws = ['^ws$', '^@types/ws$', '(^|/)node_modules/(@types/)?ws/'];
const promClient = '(^|/)prom-client(/|$)';
const openTelemetry = '(^|/)@opentelemetry/api(/|$)';
const standardSchema = '(^|/)@standard-schema/spec(/|$)';
const angular = '(^|/)(@angular|zone\\.js)(/|$)';

module.exports = {
  forbidden: [
    {
      name: 'the-foundation-imports-itself-only',
      comment: 'What is known of WebSockets and of RxJS is to be understood, tested and bundled by itself.',
      from: { path: foundation },
      to: { pathNot: [foundation, standardSchema, ...rxjs] },
    },
    {
      name: 'logging-and-page-stand-on-the-foundation',
      from: { path: inside('logging', 'page') },
      to: { pathNot: [leaf, ...rxjs] },
    },
    {
      name: 'operators-know-no-connection-and-no-transport',
      comment: 'An operator works on any lifecycle. What it alone needs lies beside it.',
      from: { path: operators, pathNot: '^operators/index\\.ts$' },
      to: { pathNot: [leaf, operators, ...rxjs] },
    },
    {
      name: 'operators-know-no-other-operator',
      from: { path: operators, pathNot: '^operators/index\\.ts$' },
      to: { path: operators, pathNot: beside },
    },
    {
      name: 'operators-index-lists-operators-only',
      from: { path: '^operators/index\\.ts$' },
      to: { pathNot: operators },
    },
    {
      name: 'connection-imports-leaves-and-itself-only',
      comment: 'The connection is given its transport and its operators.',
      from: { path: connection },
      to: { pathNot: [leaf, port, connection, ...rxjs] },
    },
    {
      name: 'connection-is-made-in-one-place',
      comment: 'Attempts, their request and the state are the inside of a connection; what others need is a type.',
      from: { pathNot: [connection, entry, source('angular/current-config')] },
      to: { path: connection, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'angular-checks-a-config-and-makes-none',
      comment: 'A config that a signal returns is checked before there is a connection for it.',
      from: { path: source('angular/current-config') },
      to: { path: connection, pathNot: source('connection/config'), dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'one-file-drives-a-transport',
      comment: 'The rest of the connection hands a transport on, and never sees a socket or a sink.',
      from: {
        path: connection,
        pathNot: source('connection/attempt-socket', 'connection/config', 'connection/connection'),
      },
      to: { path: '^src/transport/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'transports-import-leaves-only',
      from: { path: concreteTransport, pathNot: source('transport/web-socket-stream') },
      to: { pathNot: [leaf, port, besideTransports, ...rxjs, ...ws], dependencyTypesNot: ['core'] },
    },
    {
      name: 'what-lies-beside-a-transport-imports-leaves-only',
      from: { path: besideTransports },
      to: { pathNot: [leaf, port, ...rxjs, '^src/transport/ws/'], dependencyTypesNot: ['core', 'type-only'] },
    },
    {
      name: 'what-lies-beside-a-transport-is-its-own',
      from: { pathNot: '^src/transport/' },
      to: { path: besideTransports },
    },
    {
      name: 'one-transport-falls-back-to-another',
      from: { path: source('transport/web-socket-stream') },
      to: { pathNot: [leaf, port, source('transport/native')] },
    },
    {
      name: 'concrete-transports-enter-at-the-entries',
      from: { pathNot: [entry, onTop, source('transport/web-socket-stream')] },
      to: { path: concreteTransport },
    },
    {
      name: 'ws-and-what-lies-beside-it-stay-out-of-the-browser',
      from: { pathNot: [source('transport/node'), '^src/transport/ws/'] },
      to: { path: '^src/transport/ws/' },
    },
    {
      name: 'ws-is-imported-in-one-place',
      comment: 'Whatever else imports it drags it into browsers.',
      from: { pathNot: source('transport/node') },
      to: { path: ws, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'node-builtins-stay-out-of-the-browser',
      from: { pathNot: [source('index\\.node', 'transport/node'), '^src/transport/ws/', '^src/cli/'] },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'operators-enter-at-the-public-list',
      comment: 'The core works without any operator.',
      from: { path: '^src/', pathNot: [entry, onTop] },
      to: { path: operators },
    },
    {
      name: 'nothing-imports-what-stands-on-top',
      from: { pathNot: [onTop, entry] },
      to: { path: onTop },
    },
    {
      name: 'entries-are-not-imported',
      comment: 'An import from an entry is a cycle in the making; only what stands on top is a user of the library.',
      from: { pathNot: [entry, onTop] },
      to: { path: entry },
    },
    {
      name: 'sessions-stand-on-any-connection',
      comment:
        'A session is given its connection: of its inside, of operators and of transports it knows types at most.',
      from: { path: sessions },
      to: { pathNot: [leaf, sessions, ...rxjs], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'angular-is-imported-in-one-place',
      comment: 'Whoever has no Angular never meets it; and of all its packages, its core is enough.',
      from: { pathNot: '^src/angular/' },
      to: { path: angular },
    },
    {
      name: 'angular-needs-the-core-and-no-ws',
      comment: 'It stands on the native entry alone: the other one would bring `ws` into browsers.',
      from: { path: '^src/angular/' },
      to: {
        pathNot: ['^src/angular/', leaf, source('index', 'connection/config'), ...rxjs, '(^|/)@angular/core(/|$)'],
      },
    },
    {
      name: 'prom-client-is-imported-in-one-place',
      comment: 'Whoever has no Prometheus never meets it.',
      from: { pathNot: '^src/metrics/' },
      to: { path: promClient },
    },
    {
      name: 'metrics-look-on',
      comment: 'They are given their connection, of any entry, and know its types.',
      from: { path: '^src/metrics/' },
      to: { pathNot: ['^src/metrics/', leaf, ...rxjs, promClient], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'opentelemetry-is-imported-in-one-place',
      comment: 'Whoever has no OpenTelemetry never meets it.',
      from: { pathNot: '^src/otel/' },
      to: { path: openTelemetry },
    },
    {
      name: 'otel-looks-on',
      comment: 'It counts what metrics/ counts, without the client of Prometheus.',
      from: { path: '^src/otel/' },
      to: {
        pathNot: [
          '^src/otel/',
          '^src/metrics/(end-of|last-message|series|states|totals|watch-connection)\\.ts$',
          leaf,
          ...rxjs,
          openTelemetry,
        ],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'standard-schema-is-types',
      comment: 'Its types are inlined into ours; no code of it is shipped.',
      from: {},
      to: { path: standardSchema, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-cycles',
      comment: 'Types may refer to each other; code may not.',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-drawer-for-everything',
      comment: 'A file is named after the one thing that it holds.',
      from: {},
      to: { path: '(^|/)(utils?|common|helpers?|misc)(/|\\.ts$)', pathNot: 'node_modules' },
    },
    {
      name: 'no-drawer-for-everything-itself',
      comment: 'The same, for a file that nothing imports yet.',
      from: { orphan: true, path: '(^|/)(utils?|common|helpers?|misc)(/|\\.ts$)' },
      to: {},
    },
    {
      name: 'only-public-rxjs',
      from: {},
      to: { path: 'rxjs/(internal|src|dist/[^/]+/internal)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'imports-resolve',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'product-needs-no-dev-dependency',
      from: {},
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['npm-peer', 'type-only'] },
    },
  ].map((rule) => ({ severity: 'error', ...rule })), // nothing of it is advice
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};

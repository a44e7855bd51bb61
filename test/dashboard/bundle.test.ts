import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const DIST = new URL('../../examples/angular-dashboard/dist/', import.meta.url);

it('The production build of the dashboard holds the packed package, and no ws', () => {
  const { inputs } = JSON.parse(readFileSync(new URL('stats.json', DIST), 'utf8')) as { inputs: object };
  const scripts = readdirSync(new URL('browser/', DIST)).filter((name) => name.endsWith('.js'));
  const code = scripts.map((name) => readFileSync(new URL(`browser/${name}`, DIST), 'utf8')).join('\n');

  const modules = Object.keys(inputs);
  expect(modules).toContain('node_modules/rxwire/dist/angular.js');
  expect(modules.filter((path) => path.includes('rxwire') && !path.startsWith('node_modules/rxwire/dist/'))).toEqual(
    [],
  );
  expect(modules.filter((path) => /(^|\/)ws\//.test(path))).toEqual([]);
  expect(code).toContain('WebSocket');
  expect(code.match(/permessage-deflate|sec-websocket|["']node:/gi)).toBeNull();
});

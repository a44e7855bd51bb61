import { instance } from '@viz-js/viz';
import { describe, expect, it } from 'vitest';
import { architecturePage } from './architecture-page.js';
import { ROLES } from './roles.js';
import { arrowsOf, floorsOf, readRooms, roomOf } from './rooms.js';
import type { Imports } from './rooms.js';
import { roomsGraph, roomsSvg } from './rooms-diagram.js';

const MOST_FLOORS = 7;

const rooms = await readRooms();
const viz = await instance();

/** What Graphviz says of a drawing: where nodes stand, from the lower left corner; groups of nodes stand nowhere. */
interface Drawing {
  readonly objects: readonly { readonly name: string; readonly pos?: string }[];
}

const house = (imports: Readonly<Record<string, Readonly<Record<string, 'code' | 'types'>>>>) =>
  new Map(Object.entries(imports).map(([room, others]): [string, Imports] => [room, new Map(Object.entries(others))]));

describe('the folders of the product', () => {
  it('stand on seven floors at most, and their imports make no circle', () => {
    expect(Math.max(...floorsOf(rooms).values())).toBeLessThanOrEqual(MOST_FLOORS);
  });

  it('have a role each, and no role is of a folder that is gone', () => {
    expect(Object.keys(ROLES).sort()).toEqual([...rooms.keys()].sort());
  });

  it('are drawn as their imports are', async () => {
    await expect(roomsSvg(viz, rooms)).toMatchFileSnapshot('../../docs/images/imports.svg');
  });

  it('import downwards alone, as they are drawn', () => {
    const { objects } = viz.renderJSON(roomsGraph(rooms)) as Drawing;
    const heights = new Map(objects.map(({ name, pos }) => [name, Number(pos?.split(',')[1])]));

    const upwards = Array.from(rooms, ([room, imports]) =>
      [...imports.keys()].filter((other) => !(heights.get(other)! < heights.get(room)!)).map((other) => [room, other]),
    ).flat();

    expect(upwards).toEqual([]);
  });
});

describe('the diagram', () => {
  it('puts a room above all that it imports, types too', () => {
    const rooms = house({ a: {}, b: { a: 'types' }, c: { a: 'code', b: 'code' }, d: { a: 'code' } });

    expect(Object.fromEntries(floorsOf(rooms))).toEqual({ a: 1, b: 2, c: 3, d: 2 });
  });

  it('cannot be drawn of a circle', () => {
    const rooms = house({ a: { b: 'code' }, b: { c: 'types' }, c: { a: 'code' } });

    expect(() => floorsOf(rooms)).toThrow('The imports make a circle: a → b → c → a');
  });

  it('leaves an import out that other arrows lead to, unless they lead to its types alone', () => {
    const chain = { b: { a: 'code' }, a: {} } as const;

    expect(arrowsOf(house({ c: { b: 'code', a: 'code' }, ...chain }))).toEqual([
      { from: 'c', to: 'b', what: 'code' },
      { from: 'b', to: 'a', what: 'code' },
    ]);
    expect(arrowsOf(house({ c: { b: 'types', a: 'code' }, ...chain }))).toEqual([
      { from: 'c', to: 'b', what: 'types' },
      { from: 'c', to: 'a', what: 'code' },
      { from: 'b', to: 'a', what: 'code' },
    ]);
    expect(arrowsOf(house({ c: { b: 'types', a: 'types' }, ...chain }))).toEqual([
      { from: 'c', to: 'b', what: 'types' },
      { from: 'b', to: 'a', what: 'code' },
    ]);
  });

  it.each([
    ['src/rx/queue.ts', 'rx'],
    ['src/transport/inner/deep.ts', 'transport'],
    ['operators/heartbeat.ts', 'operators'],
    ['src/index.node.ts', 'index.node'],
    ['fs/promises', undefined],
    ['node_modules/rxjs/src/index.ts', undefined],
  ])('has %s in %s', (path, room) => {
    expect(roomOf(path)).toBe(room);
  });
});

it('docs/architecture.md has the folders and the files of the connection as they are', async () => {
  await expect(await architecturePage(rooms)).toMatchFileSnapshot('../../docs/architecture.md');
});

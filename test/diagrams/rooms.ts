import { cruise } from 'dependency-cruiser';
import type { ICruiseResult } from 'dependency-cruiser';
import extractOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import { ROOT } from '../readme/pages.js';

/** What a room imports of others: code too, or types alone. */
export type Imports = ReadonlyMap<string, 'code' | 'types'>;

/** The folders of the product, and the files beside them, with what each imports. */
export type Rooms = ReadonlyMap<string, Imports>;

export interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly what: 'code' | 'types';
}

/** `src/rx/queue.ts` is in `rx`, `operators/heartbeat.ts` in `operators`; `src/public.ts` is a room of its own. */
export const roomOf = (path: string): string | undefined =>
  /^(?:src\/([^/]+)\/.+|src\/([^/]+)\.ts|(operators)\/.+)$/.exec(path)?.slice(1).find(Boolean);

/** As the sources are now. */
export async function readRooms(): Promise<Rooms> {
  const options = await extractOptions(`${ROOT}.dependency-cruiser.cjs`);
  const tsConfig = extractTSConfig(`${ROOT}tsconfig.json`);
  const { output } = await cruise(['src', 'operators'], { ...options, baseDir: ROOT }, undefined, { tsConfig });
  const rooms = new Map<string, Map<string, 'code' | 'types'>>();
  for (const { source, dependencies } of (output as ICruiseResult).modules) {
    const room = roomOf(source);
    if (room === undefined) continue;
    const imports = rooms.get(room) ?? new Map<string, 'code' | 'types'>();
    rooms.set(room, imports);
    for (const { resolved, dependencyTypes } of dependencies) {
      const other = roomOf(resolved);
      if (other === undefined || other === room || imports.get(other) === 'code') continue;
      imports.set(other, dependencyTypes.includes('type-only') ? 'types' : 'code');
    }
  }
  return new Map(sorted(rooms).map(([room, imports]) => [room, new Map(sorted(imports))]));
}

const sorted = <T>(map: ReadonlyMap<string, T>) => [...map].sort(([one], [other]) => (one < other ? -1 : 1));

/**
 * The floor of each room, from 1: one above the highest that it imports, types too.
 *
 * @throws Error where imports make a circle
 */
export function floorsOf(rooms: Rooms): ReadonlyMap<string, number> {
  const floors = new Map<string, number>();

  function floorOf(room: string, way: readonly string[]): number {
    if (way.includes(room)) throw new Error(`The imports make a circle: ${[...way, room].join(' → ')}`);
    const below = [...(rooms.get(room)?.keys() ?? [])].map((other) => floorOf(other, [...way, room]));
    const floor = floors.get(room) ?? Math.max(0, ...below) + 1;
    floors.set(room, floor);
    return floor;
  }

  for (const room of rooms.keys()) floorOf(room, []);
  return floors;
}

/**
 * What is drawn: every import but those that a way over other arrows leads to as well. A way that is types alone does
 * not stand for an import of code.
 */
export function arrowsOf(rooms: Rooms): readonly Arrow[] {
  const from = (room: string, types: boolean) =>
    [...(rooms.get(room) ?? [])].filter(([, what]) => types || what === 'code').map(([other]) => other);
  const leadsTo = (room: string, to: string, types: boolean): boolean =>
    room === to || from(room, types).some((other) => leadsTo(other, to, types));
  const isDirect = ({ from: room, to, what }: Arrow) =>
    !from(room, what === 'types').some((other) => other !== to && leadsTo(other, to, what === 'types'));

  return Array.from(rooms, ([room, imports]) => Array.from(imports, ([to, what]) => ({ from: room, to, what })))
    .flat()
    .filter(isDirect);
}

import { readdirSync, readFileSync } from 'node:fs';
import { format } from 'prettier';
import { markdownTable } from '../helpers/markdown-table.mjs';
import { withSection } from '../helpers/section.js';
import { ROOT } from '../readme/pages.js';
import { firstSentence } from './first-sentence.js';
import { ROLES } from './roles.js';
import { floorsOf } from './rooms.js';
import type { Imports, Rooms } from './rooms.js';

const listed = (rooms: readonly string[]) => rooms.map((room) => `\`${room}\``).join(', ');

function importsOf(imports: Imports): string {
  const of = (what: 'code' | 'types') => [...imports.keys()].filter((room) => imports.get(room) === what);
  const types = of('types');
  return [listed(of('code')), types.length > 0 ? `types of ${listed(types)}` : ''].filter(Boolean).join('; ');
}

/** From the top floor down, as in the diagram. */
function folders(rooms: Rooms): string {
  const floors = floorsOf(rooms);
  const rows = Array.from(rooms, ([room, imports]) => ({ room, imports, floor: floors.get(room)! }))
    .sort((one, other) => other.floor - one.floor)
    .map(({ room, imports, floor }) => [floor, `\`${room}\``, ROLES[room]?.role ?? '', importsOf(imports)]);
  return markdownTable(['floor', 'what', 'what it is for', 'what it imports'], rows, ['r']);
}

function filesOf(folder: string): string {
  const rows = readdirSync(ROOT + folder).map((file) => [
    `[\`${file}\`](../${folder}/${file})`,
    firstSentence(`${ROOT}${folder}/${file}`),
  ]);
  return markdownTable(['file', 'what it is'], rows);
}

/** The page with its tables as the sources are now. */
export function architecturePage(rooms: Rooms): Promise<string> {
  const page = readFileSync(`${ROOT}docs/architecture.md`, 'utf8');
  const sections = { folders: folders(rooms), connection: filesOf('src/connection') };
  const written = Object.entries(sections).reduce((text, [name, table]) => withSection(text, name, table), page);
  return format(written, { parser: 'markdown', printWidth: 120 });
}

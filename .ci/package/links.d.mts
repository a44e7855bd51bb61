import type { Location } from './manifest.mjs';

export function withAbsoluteLinks(markdown: string, location: Location | undefined): string;
export function withWorkingLinks(typings: string, location: Location | undefined): string;
export function withNamesInScope(
  typings: string,
  entries: readonly (readonly [entry: string, typings: string])[],
  extension: 'js' | 'cjs',
): string;

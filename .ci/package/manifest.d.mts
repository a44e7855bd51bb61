type Manifest = Readonly<Record<string, unknown>>;

export interface Location {
  readonly pages: string;
  readonly images: string;
}

export function placeholdersIn(manifest: Manifest): readonly string[];
export function stubsOf(manifest: Manifest): Readonly<Record<string, Manifest>>;
export function publishedManifest<T extends Manifest>(manifest: T): Omit<T, 'scripts' | 'devDependencies'>;
export function locationOf(manifest: Manifest): Location | undefined;

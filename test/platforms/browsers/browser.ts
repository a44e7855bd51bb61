/** A browser without a window, driven from outside. */
export interface Browser extends AsyncDisposable {
  /** Shows a page, in place of the one before. */
  open(url: string): Promise<void>;
  /** Goes back to the page before. */
  back(): Promise<void>;
}

/** How a browser is started, and which it is. */
export interface BrowserKind {
  readonly name: 'Chromium' | 'Firefox' | 'WebKit';
  /** `undefined` where it is not installed. */
  version(): string | undefined;
  launch(): Promise<Browser>;
}

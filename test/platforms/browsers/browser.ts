/** A browser without a window, driven from outside. */
export interface Browser extends AsyncDisposable {
  /** Shows a page, in place of the one before. */
  open(url: string): Promise<void>;
  /** What can be done to the page beyond that; Chromium alone. */
  readonly tools?: PageTools;
}

export interface PageTools {
  /** Its timers stand still, and nothing is delivered to it. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** Takes its network away, or gives it back. */
  setOffline(isOffline: boolean): Promise<void>;
  /** Resolves to the value of an expression in the page. */
  evaluate(expression: string): Promise<unknown>;
}

/** How a browser is started, and which it is. */
export interface BrowserKind {
  readonly name: 'Chromium' | 'Firefox' | 'WebKit';
  /** `undefined` where it is not installed. */
  version(): string | undefined;
  launch(): Promise<Browser>;
}

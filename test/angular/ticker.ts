import '@angular/compiler';
import { ApplicationRef, Component } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import type { EnvironmentProviders, Provider } from '@angular/core';
import type { ComponentFixture } from '@angular/core/testing';
import { BrowserTestingModule, platformBrowserTesting } from '@angular/platform-browser/testing';
import { injectWebSocket, WEB_SOCKET_TRANSPORT } from '../../src/angular/index.js';
import type { InjectedWebSocket } from '../../src/angular/index.js';
import type { Supervision, Transport, WebSocketConfig } from '../../src/index.js';

TestBed.initTestEnvironment(BrowserTestingModule, platformBrowserTesting());

/** A component that shows the state of its connection and the latest message. */
export interface Ticker {
  readonly feed: InjectedWebSocket<string>;
}

/** An application with one `Ticker`. */
export interface TickerApplication extends Ticker {
  readonly fixture: ComponentFixture<Ticker>;
  readonly application: ApplicationRef;
  /** The text of the page. */
  text(): string;
  /** Renders changes at once. */
  render(): void;
  destroy(): void;
}

/** The parts of a `Ticker`, except its transport. */
export interface TickerOptions {
  readonly config?: Partial<WebSocketConfig<string>>;
  readonly supervision?: readonly Supervision[];
  readonly providers?: readonly (Provider | EnvironmentProviders)[];
}

/** Creates a `Ticker` that is not rendered yet. */
export function createTicker(transport: Transport, options: TickerOptions = {}): TickerApplication {
  const { config, supervision = [], providers = [] } = options;
  TestBed.configureTestingModule({
    providers: [{ provide: WEB_SOCKET_TRANSPORT, useValue: transport }, ...providers],
  });
  const Page = Component({ template: '{{ feed.state().status }} {{ feed.latest() }}' })(
    class implements Ticker {
      readonly feed = injectWebSocket<string>({ url: 'ws://test', ...config }, ...supervision);
    },
  );
  const fixture = TestBed.createComponent<Ticker>(Page);

  return {
    feed: fixture.componentInstance.feed,
    fixture,
    application: TestBed.inject(ApplicationRef),
    text: () => (fixture.nativeElement as HTMLElement).textContent.trim(),
    render: () => fixture.detectChanges(),
    destroy: () => fixture.destroy(),
  };
}

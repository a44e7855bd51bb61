import '@angular/compiler';
import { Component } from '@angular/core';
import type { ApplicationRef, EnvironmentProviders, Provider } from '@angular/core';
import { bootstrapApplication, provideClientHydration } from '@angular/platform-browser';
import type { BootstrapContext } from '@angular/platform-browser';
import { injectWebSocket } from '../../src/angular/index.js';
import { retryWithBackoff } from '../../src/index.js';

const FAR_AWAY = 600_000;

/**
 * The page that a server renders and a browser hydrates: a paragraph with the state of its connection and the latest
 * message. It subscribes before the first render. That is the hardest case: in a browser it connects at once, in the zone.
 */
export function bootstrapPage(
  feed: string,
  providers: (Provider | EnvironmentProviders)[],
  context?: BootstrapContext,
): Promise<ApplicationRef> {
  const Page = Component({
    selector: 'app-root',
    template: '<p>{{ feed.state().status }}: {{ feed.latest() ?? "nothing" }}</p>',
  })(
    class {
      readonly feed = injectWebSocket<string>(
        { url: feed, connectTimeout: FAR_AWAY },
        retryWithBackoff({ delays: [FAR_AWAY] }),
      );

      constructor() {
        this.feed.messages.subscribe();
      }
    },
  );
  return bootstrapApplication(Page, { providers: [provideClientHydration(), ...providers] }, context);
}

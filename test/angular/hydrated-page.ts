import '@angular/compiler';
import { Component } from '@angular/core';
import type { ApplicationRef, EnvironmentProviders, Provider } from '@angular/core';
import { bootstrapApplication, provideClientHydration } from '@angular/platform-browser';
import type { BootstrapContext } from '@angular/platform-browser';
import { injectWebSocket } from '../../src/angular/index.js';
import { retryWithBackoff } from '../../src/index.js';

const FAR_AWAY = 600_000;

/**
 * What a server renders and a browser hydrates: a paragraph that says where its connection stands, and what came last.
 * It subscribes before anything is rendered, which is the hardest case: where nothing forbids it, that connects at once,
 * and in the zone.
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

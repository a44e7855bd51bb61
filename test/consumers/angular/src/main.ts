import { ChangeDetectionStrategy, Component, provideZonelessChangeDetection } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';
import { injectWebSocket } from 'rxwire/angular';
import { heartbeat, retryWithBackoff, stopOnFatalClose } from 'rxwire/operators';

@Component({
  selector: 'app-root',
  template: '{{ feed.state().status }} {{ feed.latest()?.price }}',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
class App {
  readonly feed = injectWebSocket<{ price: number }>(
    'wss://feed.example/trades',
    heartbeat({ ping: () => 'ping' }),
    stopOnFatalClose(),
    retryWithBackoff(),
  );
}

await bootstrapApplication(App, { providers: [provideZonelessChangeDetection()] });

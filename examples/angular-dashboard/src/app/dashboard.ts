import { DecimalPipe } from '@angular/common';
import { Component, computed, inject } from '@angular/core';
import { BatchList } from './batch-list';
import { ConnectionCard } from './connection-card';
import { EventLog } from './event-log';
import { Feed } from './feed';
import { LiveChart } from './live-chart';
import { StateBand } from './state-band';
import { TroubleMaker } from './trouble-maker';

@Component({
  selector: 'app-dashboard',
  imports: [BatchList, ConnectionCard, DecimalPipe, EventLog, LiveChart, StateBand, TroubleMaker],
  template: `
    <header>
      <h1>rxwire</h1>
      <p>One WebSocket, and a server with faults</p>
    </header>
    <main>
      <div class="column">
        <app-connection-card />
        <app-trouble-maker />
        <app-event-log />
      </div>
      <div class="column">
        <section class="card charts" aria-labelledby="minute">
          <h2 id="minute">The last minute</h2>
          <app-state-band />
          <h3>
            Messages per second <strong>{{ now()?.rate | number: '1.0-0' }}</strong>
          </h3>
          <app-live-chart
            class="rate"
            label="Messages per second over the last minute"
            [times]="times()"
            [values]="rates()"
            [top]="60"
          />
          <h3>
            Latency in milliseconds <strong>{{ now()?.latency }}</strong>
          </h3>
          <app-live-chart
            class="latency"
            label="Latency over the last minute"
            [times]="times()"
            [values]="latencies()"
            [top]="40"
          />
        </section>
        <app-batch-list />
      </div>
    </main>
  `,
  styleUrl: './dashboard.css',
})
export class Dashboard {
  readonly #samples = inject(Feed).samples;
  readonly now = computed(() => this.#samples()[0]);
  readonly #inOrder = computed(() => this.#samples().toReversed());
  readonly times = computed(() => this.#inOrder().map(({ timestamp }) => timestamp));
  readonly rates = computed(() => this.#inOrder().map(({ rate }) => rate));
  readonly latencies = computed(() => this.#inOrder().map(({ latency }) => latency));
}

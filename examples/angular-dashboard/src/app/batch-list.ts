import { DatePipe, DecimalPipe } from '@angular/common';
import { Component, computed, inject } from '@angular/core';
import { Feed } from './feed';

const SYMBOLS = ['BTC', 'ETH', 'SOL'];

/** The last batches: their size, and the last price of each symbol. */
@Component({
  selector: 'app-batch-list',
  imports: [DatePipe, DecimalPipe],
  template: `
    <h2>Batches <small>of 100 trades, or one second</small></h2>
    <table>
      <thead>
        <tr>
          <th scope="col">Time</th>
          <th scope="col" colspan="2">Trades</th>
          @for (symbol of symbols; track symbol) {
            <th scope="col">{{ symbol }}</th>
          }
        </tr>
      </thead>
      <tbody>
        @for (batch of batches(); track batch.id) {
          <tr>
            <td>{{ batch.timestamp | date: 'HH:mm:ss' }}</td>
            <td class="fill"><div [style.width.%]="batch.count"></div></td>
            <td>{{ batch.count }}</td>
            @for (price of batch.prices; track $index) {
              <td>{{ price | number: '1.2-2' }}</td>
            }
          </tr>
        }
      </tbody>
    </table>
  `,
  styles: `
    table {
      width: 100%;
      border-collapse: collapse;
      font-size: 0.8125rem;
    }
    th {
      font-weight: 500;
      color: var(--muted);
    }
    th,
    td {
      padding: 0.24rem 0.4rem;
      text-align: end;
    }
    th:first-child,
    td:first-child {
      padding-inline-start: 0;
      text-align: start;
    }
    td {
      border-top: 1px solid var(--line);
    }
    .fill {
      width: 45%;
      padding-inline-end: 0;
    }
    .fill div {
      height: 0.55rem;
      border-radius: 0.25rem;
      background: var(--blue);
    }
  `,
  host: { class: 'card' },
})
export class BatchList {
  readonly symbols = SYMBOLS;
  readonly #feed = inject(Feed);

  readonly batches = computed(() =>
    this.#feed.batches().map(({ timestamp, value: trades }) => {
      const prices = new Map(trades.map(({ symbol, price }) => [symbol, price]));
      return {
        id: trades[0]?.id,
        timestamp,
        count: trades.length,
        prices: SYMBOLS.map((symbol) => prices.get(symbol)),
      };
    }),
  );
}

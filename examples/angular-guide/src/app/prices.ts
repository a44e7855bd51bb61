import { DecimalPipe } from '@angular/common';
import { Component, computed, inject } from '@angular/core';
import { Feed } from './feed';

@Component({
  selector: 'app-prices',
  imports: [DecimalPipe],
  template: `
    <h1>Prices</h1>
    <table>
      <caption>
        {{
          rows().length
        }}
        prices
      </caption>
      <thead>
        <tr>
          <th scope="col">Symbol</th>
          <th scope="col">Price</th>
          <th scope="col">Change</th>
        </tr>
      </thead>
      <tbody>
        @for (row of rows(); track row.symbol) {
          <tr>
            <th scope="row">{{ row.symbol }}</th>
            <td>{{ row.price | number: '1.2-2' }}</td>
            <td [class.down]="row.change < 0">{{ row.change | number: '1.2-2' }}</td>
          </tr>
        }
      </tbody>
    </table>
  `,
})
export class Prices {
  readonly #feed = inject(Feed);
  readonly rows = computed(() =>
    [...this.#feed.prices().values()]
      .filter((message) => message.type === 'price')
      .sort((one, other) => one.symbol.localeCompare(other.symbol)),
  );
}

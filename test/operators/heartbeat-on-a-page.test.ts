import { afterEach, describe, expect, it, vi } from 'vitest';
import { concatWith, NEVER, of } from 'rxjs';
import { heartbeat } from '../../operators/index.js';
import { CountingScheduler } from '../helpers/counting-scheduler.js';
import { FakePage } from '../helpers/fake-page.js';
import { FakeLink } from './fake-link.js';
import { open } from './lifecycle-events.js';

describe('heartbeat on a page', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('pings at once when the page is seen again, and listens no longer than the connection is open', () => {
    const page = new FakePage();
    vi.stubGlobal('document', page.document);
    vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
    vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page));
    const clock = new CountingScheduler();
    const link = new FakeLink(clock);
    link.onSent = () => link.pong();

    const watching = of(open(link))
      .pipe(concatWith(NEVER), heartbeat({ interval: 100, random: () => 0.25, scheduler: clock }))
      .subscribe();
    clock.advance(30);
    page.hide();
    clock.advance(10);
    page.show();
    clock.advance(10);
    watching.unsubscribe();

    expect(link.log).toEqual(['25 ping', '40 ping']);
    expect(page.listeners).toBe(0);
  });
});

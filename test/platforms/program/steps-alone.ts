import { firstValueFrom } from 'rxjs';
import { online, visible } from 'rxwire';
import { FACTS } from './facts.js';

/** Whether it waits for a network that is lost, and goes on when that is back; with the event, where there is one. */
async function waitsForNetwork(): Promise<string> {
  const scope = globalThis as unknown as EventTarget & { readonly navigator?: { onLine?: boolean } };
  const { navigator } = scope;
  if (!navigator || !('onLine' in navigator)) return 'of which nothing is known';
  const log = ['offline'];
  Object.defineProperty(navigator, 'onLine', { value: false, configurable: true });
  const back = firstValueFrom(online()).then(() => log.push('online'));
  await Promise.resolve();
  log.push('it is back');
  delete navigator.onLine;
  if ('ononline' in scope) scope.dispatchEvent(new Event('online'));
  await back;
  return log.join(', ');
}

/** What is done without a server. */
export const STEPS_ALONE = {
  async 'knows whether it is online, and whether it is a page'() {
    await firstValueFrom(online());
    let page = 'a page';
    visible()
      .subscribe({ complete: () => (page = 'no page') })
      .unsubscribe();
    return `online, ${page}`;
  },

  'waits for a network': waitsForNetwork,

  async "passes users' tests in virtual time"() {
    const failed: string[] = [];
    for (const [name, run] of FACTS) {
      try {
        await run();
      } catch (thrown) {
        failed.push(`${name}: ${String(thrown)}`);
      }
    }
    return failed.join('; ') || `all ${FACTS.length}`;
  },
};

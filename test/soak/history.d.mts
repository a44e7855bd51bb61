interface Checked {
  readonly findings: number;
  finish(): void;
  describe(): string;
}

export const History: new () => Checked;

export const FeedHistory: new (
  history: Checked,
  name: string,
) => {
  plan(plan: { readonly fault: string; readonly burst: number }): void;
  open(): void;
  receive(n: number, sentAt: number): void;
  deliver(n: number): void;
  give(): number;
  echo(n: number, receivedAt: number): void;
  close(code: number | undefined, queued: number): void;
};

export function now(): number;

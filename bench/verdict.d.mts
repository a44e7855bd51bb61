/** A figure, the interval that holds it with 95 % confidence, and what that says of its bar, if it has one. */
export interface Judgement {
  readonly what: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly bar?: number;
  readonly verdict?: 'holds' | 'missed' | 'undecided';
}

export type Samples = Readonly<Record<string, readonly number[]>>;
export type Bar = (samples: Samples) => Judgement;

export function ratio(contestant: string, other: string, bar?: number): Bar;
export function difference(contestant: string, other: string, bar?: number): Bar;
export function most(contestant: string, bar?: number): Bar;

export function judge(
  row: { name: string; title: string; unit: string; bars: readonly Bar[] },
  measured: { samples: Samples; allocated: Readonly<Record<string, number>> | undefined },
): { medians: Readonly<Record<string, number>>; verdicts: readonly Judgement[] };

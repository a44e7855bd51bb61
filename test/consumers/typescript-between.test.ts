import { describe, expect, it } from 'vitest';
import { errorsOf, RESOLUTIONS } from './typescript-consumer.js';

describe.each(['5.3', '5.4', '5.5', '5.6', '5.7', '5.8', '5.9', '6.0'])('TypeScript %s', (version) => {
  // TypeScript 6 takes node10 with a complaint, 7 does not know it.
  const resolutions = RESOLUTIONS.filter(([name]) => name !== 'node10' || Number(version) < 6);

  it.each(resolutions)('compiles what uses every entry: %s', async (...resolution) => {
    expect(await errorsOf(version, resolution)).toEqual([]);
  });
});

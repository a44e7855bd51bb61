import { describe, expect, it } from 'vitest';
import { errorsOf, RESOLUTIONS } from './typescript-consumer.js';

describe('The oldest TypeScript, 5.2', () => {
  it.each(RESOLUTIONS)('compiles what uses every entry: %s', async (...resolution) => {
    expect(await errorsOf('5.2', resolution)).toEqual([]);
  });
});

describe('The last TypeScript with node10 resolution, 5.9', () => {
  it.each(RESOLUTIONS.filter(([name]) => name === 'node10'))(
    'compiles what uses every entry: %s',
    async (...resolution) => {
      expect(await errorsOf('5.9', resolution)).toEqual([]);
    },
  );
});

describe('The newest TypeScript, 7.0', () => {
  it.each(RESOLUTIONS.filter(([name]) => name !== 'node10'))(
    'compiles what uses every entry: %s',
    async (...resolution) => {
      expect(await errorsOf('7.0', resolution)).toEqual([]);
    },
  );
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { most, tally } from '../runner/facts.mjs';
import { surprises } from '../runner/judge.mjs';

describe('tally', () => {
  it('finds nothing where all arrived in order', () => {
    assert.deepEqual(tally([1, 2, 3], [1, 2, 3]), { lost: 0, doubled: 0, reordered: 0 });
  });

  it('tells apart what is lost, doubled and reordered', () => {
    assert.deepEqual(tally([1, 2, 2], [1, 2, 3]), { lost: 1, doubled: 1, reordered: 0 });
    assert.deepEqual(tally([1, 3, 2], [1, 2, 3]), { lost: 0, doubled: 0, reordered: 1 });
  });
});

describe('most', () => {
  it('counts the moments of the fullest window, whose end is not part of it', () => {
    assert.equal(most([0, 400, 999, 1000, 5000], 1000), 3);
    assert.equal(most([], 1000), 0);
  });
});

describe('surprises', () => {
  it('are none where the adapter declares what is found', () => {
    assert.deepEqual(surprises([], undefined), []);
    assert.deepEqual(surprises(['crashed'], { always: ['crashed'] }), []);
    assert.deepEqual(surprises(['crashed'], { perhaps: ['crashed'] }), []);
    assert.deepEqual(surprises([], { perhaps: ['crashed'] }), []);
  });

  it('are findings that are not declared, and declared ones that are not found', () => {
    assert.deepEqual(surprises(['crashed'], undefined), ['not declared: crashed']);
    assert.deepEqual(surprises([], { always: ['crashed'] }), ['not found: crashed']);
  });
});

import { describe, expect, it } from 'vitest';
import { LOWEST_NOTE } from '../../src/data/sequence.js';
import { pianoRollPanel } from '../../src/report/plots/piano-roll.js';
import { onWhite } from '../../src/report/plots/theme.js';

const HIGHEST_KEY = 87;

const domainOf = (keys: readonly number[]) => {
  const roll = { frames: 1, starts: Int32Array.of(0, keys.length), keys: Uint8Array.from(keys) };
  const panel = pianoRollPanel(roll, onWhite(new Map()), 'gru', { width: 100, height: 100 }) as {
    encoding: { y: { scale: { domain: [number, number] } } };
  };
  return panel.encoding.y.scale.domain;
};

describe('the panel of a piano-roll', () => {
  it('has the same notes for usual pieces', () => {
    expect(domainOf([])).toEqual(domainOf([40, 60]));
  });

  it('has room for the lowest and the highest key', () => {
    const [lowest, highest] = domainOf([0, HIGHEST_KEY]);
    expect(lowest).toBe(LOWEST_NOTE);
    expect(highest).toBe(LOWEST_NOTE + HIGHEST_KEY + 1);
  });
});

import { describe, expect, it } from 'vitest';
import { normal, permutation, uniform } from '../../src/random/draws.js';
import { philox } from '../../src/random/philox.js';

const hexadecimal = (words: Uint32Array) => Array.from(words, (word) => word.toString(16).padStart(8, '0'));

describe('philox', () => {
  // Known answers of the authors' Random123 library for philox4x32, 10 rounds.
  it.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      ['6627e8d5', 'e169c58d', 'bc57ac4c', '9b00dbd8'],
    ],
    [Array(4).fill(0xffffffff), Array(2).fill(0xffffffff), ['408f276d', '41c83b0e', 'a20bc7c6', '6d5451fd']],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      ['d16cfe09', '94fdcceb', '5001e420', '24126ea1'],
    ],
  ])('of counter %j and key %j', (counter, key, expected) => {
    const block = new Uint32Array(4);
    philox(counter, key, block);
    expect(hexadecimal(block)).toEqual(expected);
  });
});

const draw = { seed: 7, purpose: 'weightNoise', epoch: 3, update: 5 } as const;

describe('draws', () => {
  it('give the same number at an index however many are drawn', () => {
    expect(normal(draw, new Float64Array(11)).slice(0, 6)).toEqual(normal(draw, new Float64Array(6)));
  });

  it.each([{ seed: 8 }, { purpose: 'order' as const }, { epoch: 4 }, { update: 6 }])(
    'change with %j',
    (other) => {
      const here = uniform(draw, new Float64Array(8));
      const there = uniform({ ...draw, ...other }, new Float64Array(8));
      for (const [i, value] of here.entries()) expect(there[i]).not.toBe(value);
    },
  );

  it('are normal: moments of a million deviates within five standard errors', () => {
    const n = 1_000_000;
    const z = normal(draw, new Float64Array(n));
    const moment = (power: number) => z.reduce((sum, value) => sum + value ** power, 0) / n;
    // Variances of z, z², z³, z⁴ are 1, 2, 15, 96.
    expect(Math.abs(moment(1))).toBeLessThan(5 * Math.sqrt(1 / n));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
    expect(Math.abs(moment(3))).toBeLessThan(5 * Math.sqrt(15 / n));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(5 * Math.sqrt(96 / n));
  });

  it('make a permutation', () => {
    const order = permutation({ ...draw, purpose: 'order' }, 229);
    expect([...order].sort((a, b) => a - b)).toEqual([...Array(229).keys()]);
    expect([...order]).not.toEqual([...Array(229).keys()]);
  });
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { rollFromSpans, spansOfRoll } from '../../src/data/piano-roll.js';
import { PIANO_KEYS } from '../../src/data/sequence.js';

const span = fc
  .tuple(
    fc.integer({ min: 0, max: PIANO_KEYS - 1 }),
    fc.integer({ min: 0, max: 30 }),
    fc.integer({ min: 1, max: 9 }),
  )
  .map(([key, from, length]) => ({ key, from, until: from + length }));

it('the notes of a roll make the roll again, and no two of a key touch', () => {
  fc.assert(
    fc.property(fc.array(span, { maxLength: 60 }), (spans) => {
      const roll = rollFromSpans(32, spans);
      const notes = spansOfRoll(roll);
      expect(rollFromSpans(32, notes)).toEqual(roll);
      for (const [i, { key, until }] of notes.entries())
        expect(notes.slice(i + 1).every((later) => later.key !== key || later.from > until)).toBe(true);
    }),
  );
});

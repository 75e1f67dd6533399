import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { linePlot } from '../../src/cli/line-plot.js';

const BRAILLE = /[\u2801-\u28ff]/;

beforeEach(() => {
  vi.stubEnv('TERM', 'xterm');
  vi.stubEnv('LC_ALL', 'C.UTF-8');
});

const falling = (end: number, from: number, to: number) =>
  Array.from({ length: end }, (_, i) => [i + 1, to + (from - to) * 0.8 ** i] as const);

describe('a plot of lines', () => {
  it('has a line’s dots where its numbers are, between the axes’ round ones', () => {
    const points = Array.from({ length: 101 }, (_, i) => [i / 10, i / 10] as const);
    const size = { columns: 30, rows: 11 };
    const rows = linePlot([{ mark: 'a', points }], 'epochs', size).map(stripVTControlCharacters);
    // Eleven rows for 0 to 10: the label of each is its row's.
    for (const [r, row] of rows.slice(0, 11).entries()) {
      const label = row.slice(0, 2).trim();
      if (label !== '') expect(Math.abs(Number(label) - (10 - r))).toBeLessThan(1);
      const drawn = [...row].findIndex((character, i) => i > 3 && character.trim() !== '');
      expect(Math.abs((drawn - 4) / 26 - (10 - r) / 10)).toBeLessThan(0.2);
    }
    expect(rows.at(-1)).toMatch(/^ +0 +5 .*epochs$/);
  });

  it('marks each line by its own text, in colour or not, even one that is short', () => {
    const lines = [
      { mark: 'train', points: falling(100, 9, 5) },
      { mark: 'valid', points: falling(100, 10, 6) },
      { mark: 'c', points: falling(3, 8, 7) },
    ];
    for (const colour of ['0', '1']) {
      vi.stubEnv('FORCE_COLOR', colour);
      const text = linePlot(lines, 'epochs', { columns: 80, rows: 12 })
        .map(stripVTControlCharacters)
        .join('\n');
      for (const { mark } of lines) expect(text).toContain(mark);
      expect(text).toMatch(BRAILLE);
    }
  });

  it('draws with letters where a terminal has no braille', () => {
    for (const [name, value] of [
      ['TERM', 'linux'],
      ['LC_ALL', 'C'],
    ]) {
      vi.stubEnv('TERM', 'xterm');
      vi.stubEnv(name, value);
      const text = linePlot([{ mark: 'ab', points: falling(9, 3, 1) }], 'x', { columns: 40, rows: 6 }).join(
        '\n',
      );
      expect(text).toMatch(/^[\x20-\x7e\n]+$/);
      expect(text.match(/a/g)?.length).toBeGreaterThan(9);
    }
  });

  it('of any numbers stays within its room, and is nothing where there is nothing to draw', () => {
    const y = fc.oneof(fc.double(), fc.constantFrom(0, -0, 1e300, -1e300, 5e-324));
    const line = fc.record({
      mark: fc.constantFrom('a', 'valid', 'zz'),
      points: fc.array(y).map((all) => all.map((value, i) => [i + 1, value] as const)),
    });
    fc.assert(
      fc.property(
        fc.array(line),
        fc.integer({ min: 1, max: 130 }),
        fc.integer({ min: 1, max: 20 }),
        (lines, columns, rows) => {
          const plot = linePlot(lines, 'epochs', { columns, rows }).map(stripVTControlCharacters);
          expect(plot.every((row) => row.length < Math.max(columns, 1))).toBe(true);
          expect([0, rows + 2]).toContain(plot.length);
          const hasLine = lines.some(
            ({ points }) => points.filter(([, value]) => Number.isFinite(value)).length > 1,
          );
          if (!hasLine) expect(plot).toEqual([]);
        },
      ),
    );
  });
});

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { number, numberOrNull, readTable, tableText } from '../../src/experiment/table.js';
import { CURVE_COLUMNS, type CurveRow, readCurve } from '../../src/training/curve.js';
import { curveText } from '../../src/training/curve-row.js';

const AS_A_SPREADSHEET_SAVES = [
  (text: string) => text.replaceAll('\n', '\r\n'),
  (text: string) => `\uFEFF${text}`,
  (text: string) => `\uFEFF${text.replaceAll('\n', '\r\n')}`,
];

const KIND = {
  columns: ['unit', 'draw', 'nll'] as const,
  row: z.object({ unit: z.string().min(1), draw: number, nll: numberOrNull }),
  key: ['unit', 'draw'] as const,
};

function written(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'gru-bench-table-')), 'table.csv');
  writeFileSync(path, text);
  return path;
}

it.each(AS_A_SPREADSHEET_SAVES)(
  'a table or curve that a spreadsheet has saved is read as it was',
  (saved) => {
    const rows = [
      { unit: 'gru', draw: 1, nll: 1.5 },
      { unit: 'lstm', draw: 2, nll: null },
    ];
    expect(readTable(written(saved(tableText(KIND.columns, rows))), KIND)).toEqual(rows);

    const curve = [1, 2].map((epoch) => ({
      ...(Object.fromEntries(CURVE_COLUMNS.map((name) => [name, 0.5])) as CurveRow),
      epoch,
    }));
    expect(readCurve(written(saved(curveText(curve))))).toEqual(curve);
  },
);

it.each([
  ['is empty', '', 'line 1: has no column unit'],
  ['has a column under another name', 'unit,draw,loss\ngru,1,1.5\n', 'line 1: has no column nll'],
  [
    'ends in the middle of a line',
    'unit,draw,nll\ngru,1,1.5\ngru,2',
    'line 3: has 2 cells, and line 1 names 3 columns',
  ],
  ['has a cell too much', 'unit,draw,nll\ngru,1,1.5,7\n', 'line 2: has 4 cells, and line 1 names 3 columns'],
  ['has a word for a number', 'unit,draw,nll\ngru,1,low\n', 'line 2: nll low has to be a number or nothing'],
  ['has nothing for a name', 'unit,draw,nll\n,1,1.5\n', 'line 2: unit "" must not be empty'],
  ['has nothing for a number', 'unit,draw,nll\ngru,,1.5\n', 'line 2: draw "" must not be empty'],
  [
    'has a row twice',
    'unit,draw,nll\ngru,1,1.5\ngru,2,1.4\ngru,1,1.5\n',
    'line 4: is about gru 1, as table.csv, line 2, is (unit, draw)',
  ],
])('a table that %s is refused', (_, text, message) => {
  const path = written(text);
  expect(() => readTable(path, KIND)).toThrow(`${path}: ${message}`);
});

it('a table may have more columns, in another order', () => {
  const path = written('nll,more,draw,unit\n1.5,x,1,gru\n');
  expect(readTable(path, KIND)).toEqual([{ unit: 'gru', draw: 1, nll: 1.5 }]);
});

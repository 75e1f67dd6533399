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
    const table = saved(tableText(['unit', 'draw', 'nll'], rows));
    expect(
      readTable(written(table), z.object({ unit: z.string(), draw: number, nll: numberOrNull })),
    ).toEqual(rows);

    const curve = [1, 2].map((epoch) => ({
      ...(Object.fromEntries(CURVE_COLUMNS.map((name) => [name, 0.5])) as CurveRow),
      epoch,
    }));
    expect(readCurve(written(saved(curveText(curve))))).toEqual(curve);
  },
);

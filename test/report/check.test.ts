import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkFiles } from '../../src/report/check/files.js';
import { type Held, titleOf, verdictOf } from '../../src/report/check/held.js';
import { emptyFolder } from '../cli/command.js';

/** Four cells of one unit each. */
const RESULTS = 'results/nottingham-variants';

function copyOf(folder: string): string {
  const copy = join(emptyFolder(), 'out');
  cpSync(folder, copy, { recursive: true });
  return copy;
}

/** A row of results.csv, its cells by column. */
type Cells = Readonly<Record<string, string>>;

function changeResults(folder: string, change: (row: Cells, line: number) => Cells): void {
  const path = join(folder, 'results.csv');
  const [header, ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
  const columns = header.split(',');
  const changed = lines.map((text, i) => {
    const cells = text.split(',');
    const row = Object.fromEntries(columns.map((column, c) => [column, cells[c]]));
    const after = change(row, i + 2);
    return columns.map((column) => after[column]).join(',');
  });
  writeFileSync(path, `${[header, ...changed].join('\n')}\n`);
}

/** Makes the trials of some cells what they are before any of their epochs, and takes what was made of them away. */
function reopen(folder: string, isOpen: (dataset: string) => boolean): void {
  const measured = /^(train|valid|test)_nll|^best_epoch|^seconds/;
  changeResults(folder, (row) =>
    isOpen(row.dataset)
      ? Object.fromEntries(
          Object.entries({ ...row, epochs: '0', skipped_updates: '0', status: 'open' }).map(
            ([name, text]) => [name, measured.test(name) ? '' : text],
          ),
        )
      : row,
  );
  const made = ['figures', 'report.md', 'report.html', 'table2.csv', 'comparisons.csv', 'reevaluation.csv'];
  for (const file of [...made, 'sequence-nll.csv', 'checksums.sha256'])
    rmSync(join(folder, file), { recursive: true });
}

const verdicts = (all: readonly Held[]) =>
  Object.fromEntries(all.map((held) => [titleOf(held), verdictOf(held)]));

describe('check of an experiment that goes on', () => {
  it('holds what is there, and says what is not', async () => {
    const folder = copyOf(RESULTS);
    reopen(folder, (dataset) => dataset === 'floor-1e-3');
    const all = await checkFiles(folder);
    expect(verdicts(all)).toMatchObject({
      'results.csv, the plan': 'holds',
      'results.csv, curves': 'holds',
      'curves/, schedule': 'holds',
      'checkpoints/, second evaluation': 'holds',
    });
    expect(all[0].note).toMatch(
      /^Not trained to the end yet, and so not held: floor-1e-3 gru \((\d+) of \1 draws?\)\. gru-bench reproduce goes on\.$/,
    );
  });

  it('says so where no cell has a result', async () => {
    const folder = copyOf(RESULTS);
    reopen(folder, () => true);
    const all = await checkFiles(folder);
    expect(verdicts(all)).toMatchObject({
      'results.csv, the plan': 'holds',
      'results.csv, curves': 'not checked',
      'curves/, schedule': 'not checked',
      'checkpoints/, second evaluation': 'not checked',
    });
    expect(all[1].unchecked).toBe('there is none yet: the search is not finished');
  });

  it.each([
    ['draw', '99', 'draw 99'],
    ['learning_rate', '-1', 'learning_rate is -1 instead of'],
  ])('takes a %s that no plan has for a fault, not for an error', async (column, wrong, named) => {
    const folder = copyOf(RESULTS);
    changeResults(folder, (row) => ({ ...row, [column]: wrong }));
    const { faults } = (await checkFiles(folder))[0];
    expect(faults.map(({ text }) => text)).toContainEqual(expect.stringContaining(named));
  });
});

import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { offencesOf } from '../../src/report/check/consequences.js';
import { holdSchedule, holdToCurves } from '../../src/report/check/curves.js';
import { checkFiles } from '../../src/report/check/files.js';
import { type Held, NotChecked, type Tally, tally, titleOf } from '../../src/report/check/held.js';
import { lineDifferences } from '../../src/report/check/line-differences.js';
import { offences } from '../../src/report/check/offences.js';
import { holdRows, unfinished } from '../../src/report/check/plan.js';
import { type Published, readPublishedFiles } from '../../src/report/check/published.js';
import { holdParameters } from '../../src/report/check/second-evaluation.js';
import { holdSequences } from '../../src/report/check/sequences.js';
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

it('finds data of one’s own in the folder for data sets where results were copied without them', () => {
  const folder = copyOf(RESULTS);
  const path = join(folder, 'experiment.json');
  writeFileSync(
    path,
    readFileSync(path, 'utf8').replaceAll('"dataset": "nottingham"', '"dataset": "../tunes"'),
  );
  const placeOfData = () => readPublishedFiles(folder).findings.experiment.datasets[0].plan.dataset;
  expect(placeOfData()).toBe(join(dirname(folder), 'tunes'));
  const data = emptyFolder();
  mkdirSync(join(data, 'tunes'));
  vi.stubEnv('GRU_BENCH_DATA', data);
  expect(placeOfData()).toBe(join(data, 'tunes'));
  mkdirSync(join(dirname(folder), 'tunes'));
  expect(placeOfData()).toBe(join(dirname(folder), 'tunes'));
});

/** What some checks of a folder's files come to, without the figures of the others. */
function outcomesOf(folder: string) {
  const published = readPublishedFiles(folder);
  const of = (hold: (published: Published, to: Tally) => void) => {
    const to = tally(new Set());
    try {
      hold(published, to);
    } catch (error) {
      if (!(error instanceof NotChecked)) throw error;
      return error.message;
    }
    return to.result().faults.map(({ file, text }) => `${file}: ${text}`);
  };
  return {
    note: unfinished(published),
    plan: of(holdRows),
    curves: of(holdToCurves),
    schedule: of(holdSchedule),
    parameters: of(holdParameters),
  };
}

describe('check of an experiment that goes on', () => {
  it('holds what is there, and says what is not', () => {
    const folder = copyOf(RESULTS);
    reopen(folder, (dataset) => dataset === 'floor-1e-3');
    const { note, ...faults } = outcomesOf(folder);
    expect(faults).toEqual({ plan: [], curves: [], schedule: [], parameters: [] });
    expect(note).toMatch(
      /^Not trained to the end yet, and so not held: floor-1e-3 gru \((\d+) of \1 draws?\)\. gru-bench reproduce goes on\.$/,
    );
  });

  it('says so where no cell has a result', () => {
    const folder = copyOf(RESULTS);
    reopen(folder, () => true);
    const { note, plan, ...others } = outcomesOf(folder);
    expect(plan).toEqual([]);
    const why = 'there is none yet: the search is not finished';
    expect(others).toEqual({ curves: why, schedule: why, parameters: why });
  });

  it.each([
    ['draw', '99', 'draw 99'],
    ['learning_rate', '-1', 'learning_rate is -1 instead of'],
  ])('takes a %s that no plan has for a fault, not for an error', (column, wrong, named) => {
    const folder = copyOf(RESULTS);
    changeResults(folder, (row, line) => (line === 2 ? { ...row, [column]: wrong } : row));
    expect(outcomesOf(folder).plan).toContainEqual(expect.stringContaining(named));
  });
});

describe('what does not hold', () => {
  it('names one changed digit at its line, and what is made of it in one line', async () => {
    const folder = copyOf(RESULTS);
    let [before, at] = ['', 0];
    changeResults(folder, (row, line) => {
      if (at > 0 || row.status === 'rung') return row;
      [before, at] = [row.seconds_an_epoch, line];
      return { ...row, seconds_an_epoch: String(Number(before) * 1.1) };
    });
    const all = await checkFiles(folder);
    const { causes, consequences, sources } = offencesOf(all);
    const told = causes.flatMap((held) =>
      held.faults.map(({ file, text }) => `${titleOf(held)}: ${file}: ${text}`),
    );
    expect(sources).toEqual(['results.csv']);
    expect(told.at(-1)).toContain('checksums.sha256, as written: results.csv: is not as it was written');
    expect(told.every((text) => text.includes('results.csv'))).toBe(true);
    expect(told).toContainEqual(
      expect.stringContaining(
        `report.html, made again: report.html: its copy of results.csv, line ${at} has`,
      ),
    );
    const files = consequences.map(({ file }) => file);
    expect(files).toEqual(expect.arrayContaining(['report.md', 'report.html']));
    expect(offences(all)).toMatch(
      /; what hangs on results\.csv differs too: .*report\.md.* \(\d+ places, all in --json\)$/,
    );
  });

  it('holds the frames of a sequence to what most models say of it', () => {
    const published = readPublishedFiles(RESULTS);
    const [cell, ...others] = published.cells.map((one) => ({ ...one, dataset: 'all' }));
    const wrong = published.findings.sequenceNlls.map((row, i) =>
      i === 0 ? { ...row, predicted_frames: row.predicted_frames + 1 } : row,
    );
    const to = tally(new Set());
    const findings = { ...published.findings, sequenceNlls: wrong };
    holdSequences({ ...published, findings, cells: [cell, ...others] }, to);
    const frames = to.result().faults.filter(({ text }) => text.includes('predicted_frames is'));
    expect(frames).toEqual([
      {
        file: 'sequence-nll.csv',
        text: `line 2, predicted_frames is ${wrong[0].predicted_frames} instead of ${wrong[0].predicted_frames - 1}`,
      },
    ]);
  });

  const heldOf = (check: Held['check'], ...faults: Held['faults']): Held => ({
    ...{ file: faults[0].file, check, numbers: 1, comparisons: [] },
    faults,
  });
  const wrong = { file: 'results.csv', text: 'line 2, test_nll is 3 instead of 4' };
  const [table, page] = ['table2.csv', 'report.html'].map((file) => ({ file, text: 'line 3 has "a"' }));
  const unlike = (file: string) => ({ file, text: 'is not as it was written' });

  it('names a file that was changed itself as a cause, beside another', () => {
    const found = offencesOf([
      heldOf('second evaluation', wrong),
      heldOf('made again', table),
      heldOf('made again', page),
      heldOf('as written', unlike('results.csv'), unlike('table2.csv')),
    ]);
    expect(found.causes.flatMap(({ faults }) => faults)).not.toContain(page);
    expect(found.causes.map(({ file }) => file)).toContain('table2.csv');
    expect(found.consequences).toEqual([page]);
  });

  it('tells causes from what follows without checksums too', () => {
    const found = offencesOf([heldOf('second evaluation', wrong), heldOf('made again', table)]);
    expect([found.causes.length, found.consequences, found.sources]).toEqual([1, [table], ['results.csv']]);
  });

  it('leaves no fault without a cause', () => {
    const found = offencesOf([heldOf('made again', table), heldOf('as written', unlike('table2.csv'))]);
    expect([found.causes.length, found.consequences]).toEqual([2, []]);
  });
});

describe('lines that differ', () => {
  const [a, b, c] = ['| a | 1.5 |', '| b | 2.5 |', '| c | 3.5 |'];

  it('are paired where a line is missing, and where one is too much', () => {
    expect(lineDifferences([a, c], [a, b, c])).toEqual([{ line: 2, made: b }]);
    expect(lineDifferences([a, b, c], [a, c])).toEqual([{ line: 2, stated: b }]);
  });

  it('stand beside the line that has other numbers', () => {
    const other = '| c | 3.6 |';
    expect(lineDifferences([a, c], [a, b, other])).toEqual([
      { line: 2, made: b },
      { line: 2, stated: c, made: other },
    ]);
    expect(lineDifferences([a, b, c], ['| a | 1.6 |', other])).toEqual([
      { line: 1, stated: a, made: '| a | 1.6 |' },
      { line: 2, stated: b },
      { line: 3, stated: c, made: other },
    ]);
  });

  it('are all of them, where nothing is shared', () => {
    expect(lineDifferences(['a', 'b'], ['c'])).toEqual([
      { line: 1, stated: 'a', made: 'c' },
      { line: 2, stated: 'b' },
    ]);
    const many = (text: string) => Array.from({ length: 400 }, (_, i) => `${text} ${i}`);
    expect(lineDifferences(many('a'), many('b'))).toHaveLength(400);
  });
});

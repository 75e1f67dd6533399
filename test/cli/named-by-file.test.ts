import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { emptyFolder, runHere } from './command.js';

const BAD_UNIT = 'export default 3;\n';

/** A folder with an experiment or request file, and what it may name. */
function folderWith(name: string, text: string): string {
  const folder = emptyFolder();
  writeFileSync(join(folder, name), text);
  writeFileSync(join(folder, 'bad.mjs'), BAD_UNIT);
  writeFileSync(join(folder, 'notes.csv'), 'a,b\n');
  writeFileSync(join(folder, 'midi.zip'), 'PK\x03\x04');
  mkdirSync(join(folder, 'empty'));
  return folder;
}

describe('what a file names and cannot be had is told by file, line and field', () => {
  const set = (name: string) => `units: [gru]\ndatasets:\n  - dataset: demo-music\n  - dataset: ${name}\n`;
  it.each([
    ['a path that is not there', set('none/midi'), 'line 4: datasets[1].dataset: no folder ', 2],
    ['a folder that is not there', set('none'), 'line 4: datasets[1].dataset: no folder ', 2],
    ['a folder without music', set('./empty'), 'line 4: datasets[1].dataset: ', 1],
    ['a table', set('notes.csv'), 'line 4: datasets[1].dataset: ', 2],
    ['an archive', set('midi.zip'), 'line 4: datasets[1].dataset: ', 2],
    ['data that were not fetched', set('musedata'), 'line 4: datasets[1].dataset: musedata: ', 1],
    [
      'a unit',
      'datasets:\n  - dataset: demo-music\n    units: [gru, ./none.mjs]',
      'line 3: datasets[0].units[1]: ',
      2,
    ],
    [
      'a broken unit',
      'units: [gru, ./bad.mjs]\ndatasets: [{ dataset: demo-music }]',
      'line 1: units[1]: ',
      1,
    ],
    ['a baseline', 'baseline: ./bad.mjs\ndatasets: [{ dataset: demo-music }]', 'line 1: baseline: ', 1],
    [
      'a size of a unit',
      'hiddenUnits: { ./bad.mjs: 3 }\ndatasets: [{ dataset: demo-music }]',
      'line 1: hiddenUnits["./bad.mjs"]: ',
      1,
    ],
    [
      'a rung beyond the epochs that the kind of data has',
      'search: { draws: 2, rungs: [{ epochs: 600, keep: 1 }] }\ndatasets: [{ dataset: demo-music }]',
      'line 1: search.rungs: a rung after 600 epochs is beyond the 500 that runs have',
      2,
    ],
    [
      'more parameters than a model can have',
      'parameters: 900M\ndatasets: [{ dataset: demo-music }]',
      'line 1: parameters: 900,000,000 parameters of tanh would be 29,956 hidden units; at most 4,096 are possible',
      2,
    ],
  ])('by an experiment: %s', async (_, text, message, exitCode) => {
    const folder = folderWith('mine.yaml', text);
    const words = ['reproduce', join(folder, 'mine.yaml'), '--out', join(folder, 'out'), '--dry-run'];
    // No data of this machine.
    const nowhere = { GRU_BENCH_DATA: folder, GRU_BENCH_CACHE: folder };
    const { code, stdout, stderr } = await runHere(words, nowhere);
    expect(stderr).toContain(`gru-bench: ${join(folder, 'mine.yaml')}, ${message}`);
    expect(stderr).not.toContain('--dataset');
    expect(stderr.trimEnd().split('\n').length).toBe(1);
    expect([code, stdout]).toEqual([exitCode, '']);
  });

  it.each([
    ['data', 'model: gru\ndataset: none/midi', [], ', line 2: dataset: no folder ', 2],
    ['a unit', 'dataset: demo-music\nmodel: ./none.mjs', [], ', line 2: model: ', 2],
    ['a broken unit', 'dataset: demo-music\nmodel: ./bad.mjs', [], ', line 2: model: ', 1],
    ['a name', 'dataset: demo-music\nmodel: gro', [], ', line 2: model: there is no unit gro', 2],
    ['a number', 'dataset: demo-music\nmodel: gru\nepochs: 0', [], ', line 3: epochs 0: has to be at', 2],
    ['a field', 'epochs: 3\nmodle: gru', [], ', line 2: modle: no such option; did you mean model?', 2],
    ['what is no YAML', 'epochs: 3\n model: gru', [], ', line 1: Nested mappings', 2],
    ['a second document', 'epochs: 3\n---\nmodel: gru', [], ', line 2: a second document begins', 2],
    [
      'what a run had',
      '{\n"request": {\n"model": "gru",\n"dataset": "/none/midi"\n}\n}',
      [],
      ', line 4: request.dataset: no folder ',
      2,
    ],
  ])('by the file of a training run: %s', async (_, text, words, message, exitCode) => {
    const file = join(folderWith('run.yaml', text), 'run.yaml');
    const { code, stderr } = await runHere(['train', '--config', file, ...words]);
    expect(stderr).toContain(`gru-bench: ${file}${message}`);
    expect(stderr.trimEnd().split('\n').length).toBe(1);
    expect(code).toBe(exitCode);
  });

  it('but not what a flag names in its place', async () => {
    const file = join(folderWith('run.yaml', 'model: gru\ndataset: none/midi'), 'run.yaml');
    const { stderr } = await runHere(['train', '--config', file, '--dataset', 'none/other']);
    expect(stderr).toBe('gru-bench: no folder none/other\n');
  });

  it('by a run', async () => {
    const folder = emptyFolder();
    const [set, run] = [join(folder, 'set'), join(folder, 'run')];
    for (const split of ['train', 'valid', 'test']) {
      mkdirSync(join(set, split), { recursive: true });
      copyFileSync('datasets/demo-music/test/01.mid', join(set, split, `${split}.mid`));
    }
    await runHere(['train', '--model', 'gru', '--dataset', set, '--epochs', '1', '--out', run, '--quiet']);
    rmSync(set, { recursive: true });
    const told = `${join(run, 'config.json')}: request.dataset: no folder ${set}`;
    expect((await runHere(['train', '--resume', run, '--epochs', '2'])).stderr).toContain(told);
    expect((await runHere(['evaluate', run])).stderr).toContain(told);
    const drawn = await runHere(['sample', run, '--out', join(folder, 'a.mid'), '--length', '3']);
    expect(drawn.stdout).toContain(told);
    expect((await runHere(['evaluate', run, '--dataset', set])).stderr).toBe(`gru-bench: no folder ${set}\n`);
  });
});

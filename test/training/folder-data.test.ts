import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { trainingDisplay } from '../../src/cli/training-display.js';
import { readMidiRoll } from '../../src/data/formats/midi.js';
import type { MusicDataset, PianoRoll } from '../../src/data/sequence.js';
import { datasetPlanSchema } from '../../src/experiment/config.js';
import { readRecords, recordsFile } from '../../src/experiment/records.js';
import { openExperiment } from '../../src/experiment/reproduce.js';
import { sampleToFile } from '../../src/sampling/sample-file.js';
import { evaluateSaved } from '../../src/training/evaluate-saved.js';
import { requestSchema } from '../../src/training/request.js';
import { readRequestFile } from '../../src/training/request-file.js';
import { prepareResume, prepareRun, trainRun } from '../../src/training/run.js';
import { runFiles } from '../../src/training/run-folder.js';
import { emptyFolder } from '../cli/command.js';
import { smallPiece, writeFiles } from '../data/files.js';

const ENGINE = { backend: 'cpu', kernels: 'composed', threads: 1 } as const;
const OPTIONS = { splitSeed: 2, splitShares: [60, 20, 20] as [number, number, number], skipBroken: true };

/** Forty pieces without splits, two of them broken, and a file of another kind. */
function pieces(folder: string): string {
  const set = join(folder, 'pieces');
  const files = Array.from({ length: 40 }, (_, i) => [`${i}.mid`, i < 2 ? 'bad' : smallPiece(30 + i)]);
  writeFiles(set, { ...Object.fromEntries(files), 'a.mp3': '' });
  return set;
}

function request(dataset: string, options: object = OPTIONS) {
  return requestSchema.parse({ model: 'tanh', hidden: 2, epochs: 2, dataset, ...ENGINE, ...options });
}

test('a run records how its folder was read, and resumes, is evaluated and drawn from on the same', async () => {
  const folder = emptyFolder();
  const set = pieces(folder);
  const out = join(folder, 'run');
  const run = await prepareRun(request(set), out);
  await trainRun(run, {}, 1);
  const config = JSON.parse(readFileSync(runFiles(out).config, 'utf8'));
  expect(config.request).toMatchObject(OPTIONS);
  expect(config.dataset).toMatchObject({
    splitBy: { seed: 2, shares: [60, 20, 20] },
    broken: [{ file: '0.mid' }, { file: '1.mid' }],
    remarks: [{ what: 'not a .mid or .midi file', files: ['a.mp3'] }],
  });

  const resumed = await prepareResume(out);
  expect(resumed.dataset.sha256).toBe(run.dataset.sha256);
  expect((await trainRun(resumed)).epochs).toBe(2);

  const test = { splits: ['test'], ...ENGINE } as const;
  const [own] = (await evaluateSaved(out, test)).splits;
  expect(own.sequences).toBe(run.dataset.splits.test.length);
  const named = await evaluateSaved(out, { ...test, dataset: set });
  expect(named.splits).toEqual([own]);
  const file = runFiles(out).best;
  expect((await evaluateSaved(file, { ...test, dataset: set, ...OPTIONS })).splits).toEqual([own]);
  await expect(evaluateSaved(out, { ...test, splitSeed: 3 })).rejects.toThrow(/leave out --split-seed/);
  await expect(evaluateSaved(file, { ...test, dataset: set })).rejects.toThrow(/2 broken files/);

  const beginningOf = ({ keys, starts }: PianoRoll) => keys.slice(0, starts[1]).join();
  const beginnings = (run.dataset as MusicDataset).splits.train.map(beginningOf);
  for (let seed = 1; seed <= 5; seed++) {
    const piece = join(folder, `${seed}.mid`);
    await sampleToFile(out, { dataset: set, seed, length: 1, temperature: 1, out: piece });
    expect(beginnings).toContain(beginningOf(readMidiRoll(readFileSync(piece), piece).roll));
  }

  writeFileSync(join(set, '0.mid'), smallPiece());
  await expect(prepareResume(out)).rejects.toThrow(/0\.mid was broken then/);
});

test('the header says what is left out and who split the folder; JSON has it all', async () => {
  const folder = emptyFolder();
  const run = await prepareRun(request(pieces(folder)), join(folder, 'run'));
  run.lock.release();
  const written: string[] = [];
  const write = vi
    .spyOn(process.stdout, 'write')
    .mockImplementation((text) => written.push(String(text)) > 0);
  trainingDisplay(run, {});
  trainingDisplay(run, { json: true });
  write.mockRestore();
  const text = written.join('');
  expect(text).toMatch(/^split {5}by a hash of the names, seed 2, shares 60, 20, 20$/m);
  expect(text).toMatch(/^remarks {3}2 files, broken and skipped \(0\.mid: byte 0: .*; 1\.mid: byte 0: /m);
  expect(text).toMatch(/^ +a\.mp3: not a \.mid or \.midi file$/m);
  expect(JSON.parse(written.at(-1) as string).data).toMatchObject({
    splitBy: { seed: 2 },
    broken: [{ file: '0.mid' }, { file: '1.mid' }],
    remarks: [{ file: 'a.mp3', what: 'not a .mid or .midi file' }],
  });
});

test('a request file names its data from where it lies', () => {
  const folder = emptyFolder();
  mkdirSync(join(folder, 'runs'));
  const file = join(folder, 'runs', 'run.yaml');
  const datasetOf = (text: string) => {
    writeFileSync(file, text);
    return readRequestFile(file).fields.dataset;
  };
  expect(datasetOf('dataset: ../pieces')).toBe(join(folder, 'pieces'));
  expect(datasetOf('dataset: .')).toBe(join(folder, 'runs'));
  expect(datasetOf('dataset: nottingham')).toBe('nottingham');
  expect(datasetOf('{ "request": { "dataset": "/elsewhere/pieces" } }')).toBe('/elsewhere/pieces');
});

test('an experiment finds its data again where both were moved, and records what was skipped', async () => {
  const before = join(emptyFolder(), 'before');
  const set = pieces(before);
  const plan = (dataset: string) => [
    datasetPlanSchema.parse({
      name: 'constructor',
      units: ['gru'],
      dataset,
      seed: 1,
      training: { ...OPTIONS, epochs: 1 },
    }),
  ];
  const results = join(before, 'results', 'mine');
  await openExperiment(plan(set), results);
  const stored = JSON.parse(readFileSync(recordsFile(results), 'utf8')).constructor;
  expect(stored).toMatchObject({
    plan: { dataset: '../../pieces' },
    splitBy: { seed: 2, shares: [60, 20, 20] },
    broken: ['0.mid', '1.mid'],
  });
  const [strict] = plan(set);
  const unskipped = { ...strict, training: { ...strict.training, skipBroken: false } };
  await expect(openExperiment([unskipped], results)).rejects.toThrow(
    /training\.skipBroken goes on without them$/,
  );

  const after = join(before, '..', 'after');
  renameSync(before, after);
  const moved = join(after, 'results', 'mine');
  expect(Object.values(readRecords(moved))[0].plan.dataset).toBe(join(after, 'pieces'));
  await openExperiment(plan(join(after, 'pieces')), moved);
  const [other] = plan(join(after, 'pieces'));
  const changed = { ...other, training: { ...other.training, splitSeed: 5 } };
  await expect(openExperiment([changed], moved)).rejects.toThrow(/has other sequences than the trials/);
});

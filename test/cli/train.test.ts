import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readModel } from '../../src/model/model-file.js';
import { CURVE_COLUMNS } from '../../src/training/curve.js';
import { smallPiece, writeFiles } from '../data/files.js';
import { testOnRealData } from '../data/real-data.js';
import { pathsThatRound } from '../kernels/variants.js';
import { emptyFolder, numbers, run, runHere, start } from './command.js';

/** Fused kernels give the same digits on every backend; this one starts soonest. */
const ON_CPU = ['--backend', 'cpu'];
const SMALL = ['--dataset', 'demo-music', '--max-sequences', '6', '--seed', '3', ...ON_CPU];

describe.each(['tanh', 'gru', 'lstm'])('train %s', (model) => {
  it('writes the run folder, with NLLs that fall', async () => {
    const folder = join(emptyFolder(), 'run');
    const { code, stdout, stderr } = await runHere([
      'train',
      '--model',
      model,
      ...SMALL,
      '--epochs',
      '3',
      '--out',
      folder,
    ]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^epoch 3\/3 /m);
    const [header, ...rows] = readFileSync(join(folder, 'curve.csv'), 'utf8').trimEnd().split('\n');
    expect(header.split(',')).toEqual(CURVE_COLUMNS);
    expect(rows.length).toBe(3);
    const [first, last] = [rows[0], rows[2]].map((row) => row.split(',').map(Number));
    const train = CURVE_COLUMNS.indexOf('train_nll');
    expect(last[train]).toBeLessThan(first[train]);
    const result = JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8'));
    expect(result.best.train_nll).toBe(last[train]);
    expect(readModel(join(folder, 'best.safetensors')).spec.unit.name).toBe(model);
    const config = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'));
    expect(config.request.seed).toBe(3);
    expect(config.dataset.sha256).toMatch(/^[0-9a-f]{64}$/);
  });
});

const MODELS = ['tanh', 'gru', 'lstm'] as const;
/** After an epoch, a second's work is left at least. */
const LONG_ENOUGH = {
  composed: ['--dataset', 'demo-music', '--max-sequences', '1', '--epochs', '5', '--backend', 'wasm'],
  fused: ['--dataset', 'demo-music', '--max-sequences', '50', '--epochs', '40', ...ON_CPU],
};
const RUNS = MODELS.flatMap((model) =>
  (['composed', 'fused'] as const).map((kernels) => ({ model, kernels, options: LONG_ENOUGH[kernels] })),
);

describe.each(RUNS)('train $model, $kernels', ({ model, kernels, options }) => {
  it('killed after an epoch and resumed, ends with the numbers of a run never stopped', async () => {
    const folder = emptyFolder();
    const words = ['train', '--model', model, '--seed', '3', '--kernels', kernels, ...options];
    await runHere([...words, '--out', join(folder, 'whole')]);
    await killAfterAnEpoch([...words, '--out', join(folder, 'killed')], 20);
    expect(existsSync(join(folder, 'killed', 'result.json'))).toBe(false);

    const resumed = await run(['train', '--resume', join(folder, 'killed'), '--quiet']);
    expect(resumed).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(numbers(join(folder, 'killed'))).toEqual(numbers(join(folder, 'whole')));
    const best = (of: string) => readFileSync(join(folder, of, 'best.safetensors'));
    expect(best('killed')).toEqual(best('whole'));
  });
});

async function killAfterAnEpoch(words: string[], milliseconds: number): Promise<void> {
  const killed = start([...words, '--json']);
  const { stdout } = killed.child;
  while (!String((await once(stdout as NodeJS.ReadableStream, 'data'))[0]).includes('"event":"epoch"'));
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  killed.child.kill('SIGKILL');
  expect((await killed.finished).signal).toBe('SIGKILL');
}

/** Environments and options under which fused kernels have to give the same digits on this processor. */
const ALIKE = [
  { words: ['--threads', '2'], environment: {} },
  ...pathsThatRound('fused').map((simd) => ({ words: [], environment: { GRU_BENCH_SIMD: simd } })),
];

describe.each(MODELS)('train %s with fused kernels', (model) => {
  it('agrees with composed kernels over the first 20 updates', async () => {
    const folder = emptyFolder();
    const words = [
      'train',
      '--model',
      model,
      '--dataset',
      'demo-music',
      '--max-sequences',
      '20',
      '--epochs',
      '1',
      // Of the three, it takes the least time for composed kernels.
      '--backend',
      'wasm',
    ];
    for (const kernels of ['composed', 'fused'])
      await runHere([...words, '--kernels', kernels, '--out', join(folder, kernels)]);
    const [composed, fused] = ['composed', 'fused'].map((kernels) =>
      numbers(join(folder, kernels))[0].split(','),
    );
    for (const [i, value] of composed.entries())
      expect(Math.abs(Number(fused[i]) - Number(value))).toBeLessThanOrEqual(2e-4 * Math.abs(Number(value)));
  });

  testOnRealData(
    'gives jsb-chorales the same digits for any threads and path, and after a kill',
    async () => {
      const folder = emptyFolder();
      const words = [
        'train',
        '--model',
        model,
        '--dataset',
        'jsb-chorales',
        '--batch-size',
        '4',
        '--epochs',
        '3',
        '--max-sequences',
        '76',
        ...ON_CPU,
      ];
      await runHere([...words, '--out', join(folder, 'first')]);
      for (const [i, { words: more, environment }] of ALIKE.entries()) {
        const out = join(folder, String(i));
        expect((await runHere([...words, ...more, '--out', out], environment)).code).toBe(0);
        expect(numbers(out)).toEqual(numbers(join(folder, 'first')));
      }
      const long = ['train', '--model', model, '--dataset', 'jsb-chorales', '--epochs', '12', ...ON_CPU];
      await runHere([...long, '--out', join(folder, 'whole')]);
      await killAfterAnEpoch([...long, '--out', join(folder, 'killed')], 20);
      await runHere(['train', '--resume', join(folder, 'killed'), '--quiet']);
      expect(numbers(join(folder, 'killed'))).toEqual(numbers(join(folder, 'whole')));
    },
  );
});

describe('train', () => {
  it('stopped by SIGTERM in the middle of an epoch saves, and goes on to the same numbers', async () => {
    const folder = emptyFolder();
    const words = [
      'train',
      '--model',
      'gru',
      '--dataset',
      'demo-music',
      '--max-sequences',
      '12',
      '--epochs',
      '1',
      '--kernels',
      'composed',
      '--backend',
      'wasm',
    ];
    await runHere([...words, '--out', join(folder, 'whole')]);
    const stopped = start([...words, '--out', join(folder, 'stopped')]);
    while (
      !String((await once(stopped.child.stdout as NodeJS.ReadableStream, 'data'))[0]).includes('folder')
    );
    await new Promise((resolve) => setTimeout(resolve, 300));
    stopped.child.kill('SIGTERM');
    const { code, stdout } = await stopped.finished;
    expect(code).toBe(143);
    expect(stdout).toContain(`gru-bench train --resume ${join(folder, 'stopped')}`);
    expect(existsSync(join(folder, 'stopped', 'state.safetensors'))).toBe(true);
    expect(existsSync(join(folder, 'stopped', 'curve.csv'))).toBe(false);

    const resumed = await run(['train', '--resume', join(folder, 'stopped')]);
    expect(resumed).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^backend .*\(as the run began\)/m),
    });
    expect(numbers(join(folder, 'stopped'))).toEqual(numbers(join(folder, 'whole')));
  });

  it('goes on by kernels that round as those that it began with, also where others come first', async () => {
    const folder = emptyFolder();
    const words = ['train', '--model', 'gru', ...SMALL, '--schedule', 'constant', '--kernels', 'wasm'];
    const [more, whole] = [join(folder, 'more'), join(folder, 'whole')];
    await runHere([...words, '--epochs', '2', '--out', more]);
    await runHere([...words, '--epochs', '4', '--out', whole]);
    const { code, stdout } = await runHere(['train', '--resume', more, '--epochs', '4']);
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^kernels +fused, (plain|wasm) \(as the run began/m),
    ]);
    expect(numbers(more)).toEqual(numbers(whole));
    const [other] = pathsThatRound('fused');
    const forced = await runHere(['train', '--resume', more, '--epochs', '5'], { GRU_BENCH_SIMD: other });
    expect([forced.code, forced.stderr]).toEqual([
      1,
      `gru-bench: ${other} does not give the last digits of the path that the run began on\n`,
    ]);
  });

  it.each([
    ['linear', ['--schedule-epochs', '3']],
    ['constant', ['--schedule', 'constant']],
  ])('goes on to more epochs, to the numbers of a run begun with them: %s', async (schedule, options) => {
    const folder = emptyFolder();
    const words = ['train', '--model', 'gru', ...SMALL, '--schedule', schedule];
    const [more, whole] = [join(folder, 'more'), join(folder, 'whole')];
    await runHere([...words, '--epochs', '3', '--out', more]);
    await runHere([...words, '--epochs', '6', ...options, '--out', whole]);
    const { code, stdout } = await runHere(['train', '--resume', more, '--epochs', '6']);
    expect(code).toBe(0);
    expect(stdout).toContain('after epoch 3, to epoch 6 in place of 3');
    expect(stdout.includes('0.001 linear over 3 epochs, then 0.00001')).toBe(schedule === 'linear');
    expect(numbers(more)).toEqual(numbers(whole));
    for (const file of ['best.safetensors', 'result.json']) {
      const content = (of: string) =>
        readFileSync(join(of, file), 'utf8').replace(/"(wall_clock_s|secondsAnEpoch|curve)".*/g, '');
      expect(content(more)).toBe(content(whole));
    }
    const back = await runHere(['train', '--resume', more, '--epochs', '5']);
    expect([back.code, back.stderr]).toEqual([
      2,
      `gru-bench: ${more} has done 6 epochs already, more than 5\n`,
    ]);
  });

  it('that has stopped early says so when it is to go on, and goes on with another patience', async () => {
    const folder = join(emptyFolder(), 'run');
    const words = ['train', '--model', 'tanh', ...SMALL, '--epochs', '400', '--learning-rate', '0.5'];
    await runHere([...words, '--patience', '2', '--out', folder]);
    const before = numbers(folder);
    const again = await runHere(['train', '--resume', folder, '--epochs', '800']);
    expect(again.stdout).toContain(`no: it has stopped early, after epoch ${before.length},`);
    expect([again.code, numbers(folder)]).toEqual([0, before]);
    const more = before.length + 1;
    await runHere(['train', '--resume', folder, '--patience', '0', '--epochs', String(more)]);
    expect(numbers(folder).slice(0, -1)).toEqual(before);
    expect(numbers(folder).length).toBe(more);
  });

  it('runs again from a config file, to the same numbers', async () => {
    const folder = emptyFolder();
    await runHere(['train', '--model', 'tanh', ...SMALL, '--epochs', '1', '--out', join(folder, 'first')]);
    const config = join(folder, 'first', 'config.json');
    expect((await runHere(['train', '--config', config, '--out', join(folder, 'again')])).code).toBe(0);
    expect(numbers(join(folder, 'again'))).toEqual(numbers(join(folder, 'first')));
    const yaml = join(folder, 'run.yaml');
    writeFileSync(yaml, 'model: tanh\ndataset: demo-music\nmaxSequences: 6\nepochs: 1\n');
    writeFiles(join(folder, 'demo-music'), { 'a.mid': smallPiece() });
    const ofFile = await runHere(['train', '--config', yaml, '--seed', '3', '--out', join(folder, 'yaml')]);
    expect(ofFile.code).toBe(0);
    expect(ofFile.stderr).toContain(
      `the named data set demo-music is taken, not the folder ${join(folder, 'demo-music')};`,
    );
    expect(numbers(join(folder, 'yaml'))).toEqual(numbers(join(folder, 'first')));
  });

  it('ends early when validation stops improving', async () => {
    const folder = join(emptyFolder(), 'run');
    const words = ['train', '--model', 'tanh', ...SMALL, '--epochs', '400', '--learning-rate', '0.5'];
    const { code, stdout } = await runHere([...words, '--patience', '2', '--out', folder]);
    expect(code).toBe(0);
    expect(stdout).toContain('no better validation NLL for 2 epochs');
  });

  it('ends with one line when the numbers are no longer finite, and keeps what it has', async () => {
    const folder = join(emptyFolder(), 'run');
    const words = ['train', '--model', 'tanh', ...SMALL, '--epochs', '2', '--weight-noise', '0'];
    const { code, stderr } = await run([
      ...words,
      '--initial-bound',
      '10',
      '--units',
      '4',
      '--maximum-gradient-norm',
      '1e38',
      '--learning-rate',
      '1',
      '--rms-floor',
      '1e-38',
      '--decay',
      '0',
      // TensorFlow takes this floor for 0, and 0/0 is not finite.
      '--kernels',
      'composed',
      '--backend',
      'tensorflow',
      '--out',
      folder,
    ]);
    expect(stderr.trimEnd().split('\n').length).toBe(1);
    expect(code).toBe(1);
  });

  it.each([
    [['--model', 'elman', '--dataset', 'demo-music'], 'elman'],
    [['--modle', 'gru'], '--model'],
    [['--model', 'gru'], '--dataset is missing'],
    [['--model', 'gru', '--dataset', 'demo-musik'], 'demo-music'],
    [['--model', 'gru', '--dataset', 'demo-music', '--epochs', 'many'], '--epochs'],
    [['--model', 'gru', '--dataset', 'demo-music', '--learning-rate', '-1'], '--learning-rate'],
    [['--model', 'gru', '--dataset', 'demo-music', '--seed', '1.5'], '--seed'],
    [['--resume', 'no-such-run'], 'no-such-run'],
    [['--resume', 'no-such-run', '--seed', '2'], '--seed does not go with --resume'],
    [['--resume', 'no-such-run', '--epochs', '0'], '--epochs 0: has to be at least 1'],
    [
      ['--model', 'gru', '--dataset', 'demo-music', '--schedule', 'constant', '--schedule-epochs', '3'],
      '--schedule-epochs goes with a linear schedule',
    ],
    [['--config', 'no-such-file'], 'no-such-file'],
    // As `--out "$FOLDER"` is where the shell has no FOLDER.
    [['--model', 'gru', '--dataset', 'demo-music', '--out', ''], '--out is empty'],
    [['--model', 'gru', '--dataset', ''], '--dataset is empty'],
    [['--model', 'gru', '--dataset', 'demo-music', '--batch-size', '1e17'], 'has to be at most 100000'],
  ])('%j: one line with %s, exit code 2', async (words, message) => {
    const { code, stdout, stderr } = await runHere(['train', ...words]);
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split('\n').length).toBe(1);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });
});

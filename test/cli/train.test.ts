import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readModel } from '../../src/model/model-file.js';
import { CURVE_COLUMNS } from '../../src/training/curve.js';
import { emptyFolder, run, start } from './command.js';

const SMALL = ['--dataset', 'demo-music', '--max-sequences', '6', '--seed', '3'];

/** All columns of a curve but the wall-clock time. */
function numbers(folder: string): string[] {
  const [header, ...rows] = readFileSync(join(folder, 'curve.csv'), 'utf8').trimEnd().split('\n');
  const clock = header.split(',').indexOf('wall_clock_s');
  return rows.map((row) =>
    row
      .split(',')
      .filter((_, i) => i !== clock)
      .join(','),
  );
}

describe.each(['tanh', 'gru', 'lstm'])('train %s', (model) => {
  it('writes the run folder, with NLLs that fall', async () => {
    const folder = join(emptyFolder(), 'run');
    const { code, stdout, stderr } = await run([
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
    expect(readModel(join(folder, 'best.safetensors')).spec.cell).toBe(model);
    const config = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'));
    expect(config.request.seed).toBe(3);
    expect(config.dataset.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('killed in its second epoch and resumed, ends with the numbers of a run never stopped', async () => {
    const folder = emptyFolder();
    const words = ['train', '--model', model, ...SMALL, '--epochs', '3'];
    await run([...words, '--out', join(folder, 'whole')]);
    const killed = start([...words, '--out', join(folder, 'killed'), '--json']);
    const { stdout } = killed.child;
    while (!String((await once(stdout as NodeJS.ReadableStream, 'data'))[0]).includes('"event":"epoch"'));
    await new Promise((resolve) => setTimeout(resolve, 60));
    killed.child.kill('SIGKILL');
    expect((await killed.finished).signal).toBe('SIGKILL');
    expect(existsSync(join(folder, 'killed', 'result.json'))).toBe(false);

    const resumed = await run(['train', '--resume', join(folder, 'killed'), '--quiet']);
    expect(resumed).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(numbers(join(folder, 'killed'))).toEqual(numbers(join(folder, 'whole')));
    for (const file of ['best.safetensors'])
      expect(readFileSync(join(folder, 'killed', file))).toEqual(readFileSync(join(folder, 'whole', file)));
  });
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
      '40',
      '--epochs',
      '1',
    ];
    await run([...words, '--out', join(folder, 'whole')]);
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

    expect((await run(['train', '--resume', join(folder, 'stopped')])).code).toBe(0);
    expect(numbers(join(folder, 'stopped'))).toEqual(numbers(join(folder, 'whole')));
  });

  it('runs again from a config file, to the same numbers', async () => {
    const folder = emptyFolder();
    await run(['train', '--model', 'tanh', ...SMALL, '--epochs', '1', '--out', join(folder, 'first')]);
    const config = join(folder, 'first', 'config.json');
    expect((await run(['train', '--config', config, '--out', join(folder, 'again')])).code).toBe(0);
    expect(numbers(join(folder, 'again'))).toEqual(numbers(join(folder, 'first')));
    const yaml = join(folder, 'run.yaml');
    writeFileSync(yaml, 'model: tanh\ndataset: demo-music\nmaxSequences: 6\nepochs: 1\n');
    expect((await run(['train', '--config', yaml, '--seed', '3', '--out', join(folder, 'yaml')])).code).toBe(
      0,
    );
    expect(numbers(join(folder, 'yaml'))).toEqual(numbers(join(folder, 'first')));
  });

  it('ends early when validation stops improving', async () => {
    const folder = join(emptyFolder(), 'run');
    const words = ['train', '--model', 'tanh', ...SMALL, '--epochs', '400', '--learning-rate', '0.5'];
    const { code, stdout } = await run([...words, '--patience', '2', '--out', folder]);
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
    [['--config', 'no-such-file'], 'no-such-file'],
  ])('%j: one line with %s, exit code 2 (1 for a file that cannot be read)', async (words, message) => {
    const { code, stdout, stderr } = await run(['train', ...words]);
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split('\n').length).toBe(1);
    expect(stdout).toBe('');
    expect(code).toBe(words[0] === '--config' ? 1 : 2);
  });
});

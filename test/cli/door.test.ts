import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../../src/platform/folders.js';
import { emptyFolder } from './command.js';

/** A folder of a user who has installed the package. */
function userFolder(): string {
  const folder = emptyFolder();
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(PACKAGE_ROOT, join(folder, 'node_modules', 'gru-bench'));
  return folder;
}

/** The blocks of code of the page about programs. */
function examples(): string[] {
  const page = readFileSync(join(PACKAGE_ROOT, 'docs', 'programs.md'), 'utf8');
  return [...page.matchAll(/```js\n([\s\S]*?)```/g)].map(([, code]) => code);
}

function runProgram(folder: string, code: string) {
  writeFileSync(join(folder, 'example.mjs'), code);
  return spawnSync(process.execPath, ['example.mjs'], { cwd: folder, encoding: 'utf8' });
}

describe('the door for programs', () => {
  const [whole, misuse] = examples();

  it('does what its page says', () => {
    const folder = userFolder();
    const { stdout, stderr, status } = runProgram(folder, whole);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^epoch 1: \d+\.\d{3} nats a frame$/),
      expect.stringMatching(/^epoch 2: \d+\.\d{3} nats a frame$/),
      'best epoch: 2',
      expect.stringMatching(/^valid: \d+\.\d{3} per frame, \d+\.\d{3} per sequence$/),
      expect.stringMatching(/^test: /),
      expect.stringMatching(/^leaky, \d+ hidden units$/),
      expect.stringMatching(/^piece\.mid: \d+ frames$/),
      '',
    ]);
  });

  it('throws one line for what makes no sense', () => {
    const folder = userFolder();
    expect(runProgram(folder, misuse).stdout).toBe('there is no unit gro; did you mean gru?\n');
    const calls = [
      ["evaluate('runs/leaky', { split: 'test' })", 'split: no such option; did you mean splits?'],
      ["evaluate('runs/leaky', { splits: ['all'] })", 'splits all: has to be one of train, valid, test'],
      ["sample('runs/leaky', { temperature: -1 })", 'temperature -1: has to be more than 0'],
      ["sample('runs/leaky', { primeFrames: 8 })", '--prime-frames goes with --prime'],
      [
        "train({ model: 'gru', dataset: 'demo-music', hidden: 3, parameters: 9, out: 'x' })",
        'hidden and parameters say the same: give one of them',
      ],
      [
        "train({ model: 'gru', dataset: 'demo-music', epochs: 0, out: 'x' })",
        'epochs 0: has to be at least 1',
      ],
      ["openModel('nowhere')", 'nowhere: no such run or file'],
      ["Promise.resolve().then(() => defineUnit('a b', () => ({})))", "a unit's name is made of"],
    ];
    const lines = calls.map(
      ([call]) => `await ${call}.catch((error) => console.log(error.name, error.message));`,
    );
    const { stdout } = runProgram(
      folder,
      `import * as all from 'gru-bench'; const { defineUnit, evaluate, openModel, sample, train } = all;\n${lines.join('\n')}`,
    );
    const said = stdout.trimEnd().split('\n');
    expect(said.length).toBe(calls.length);
    for (const [i, [, message]] of calls.entries()) expect(said[i]).toContain(`Misuse ${message}`);
  });

  it('has types', () => {
    const folder = userFolder();
    const code = `import { defineUnit, train, type Unit } from 'gru-bench';
const unit: Unit = defineUnit('two', { states: ['h', 'c'] }, ({ h, c, gate }) => ({ h: c.plus(gate('')), c: h }));
export const run = () => train({ model: unit, dataset: 'demo-music', out: 'x', learningRate: 1e-3 });
// @ts-expect-error: c is no state
defineUnit('one', ({ h, c }) => ({ h: h.plus(c) }));
// @ts-expect-error: an option that there is not
export const wrong = () => train({ model: unit, dataset: 'demo-music', out: 'x', rate: 1 });
`;
    writeFileSync(join(folder, 'typed.mts'), code);
    const options = [
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2022',
      '--skipLibCheck',
      '--types',
      '',
    ];
    execFileSync(join(PACKAGE_ROOT, 'node_modules', '.bin', 'tsc'), [...options, 'typed.mts'], {
      cwd: folder,
    });
  });
});

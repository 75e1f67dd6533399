import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UNIT_NAMES } from '../../src/model/units/registry.js';
import { skipWhere } from '../skip.js';
import { emptyFolder, runHere } from './command.js';

const skipWithout = (shell: string) =>
  skipWhere(spawnSync(shell, ['--version']).status === 0 ? undefined : `not installed: ${shell}`);

async function script(shell: string): Promise<string> {
  const { code, stdout, stderr } = await runHere(['completion', shell]);
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
}

/** What is typed → what a shell offers; the last word is the one under the cursor. */
const OFFERS: [typed: string[], offers: readonly string[]][] = [
  [['trai'], ['train']],
  [['train', '--model', ''], UNIT_NAMES],
  [['train', '--model', 'gru', '--dataset', 'n'], ['nottingham']],
  [['datasets', 'inf'], ['info']],
  [
    ['evaluate', '--split', ''],
    ['train', 'valid', 'test', 'all'],
  ],
];

describe('completion', () => {
  it.each(OFFERS)('bash: %s', async (typed, offers) => {
    const path = join(emptyFolder(), 'gru-bench');
    writeFileSync(path, await script('bash'));
    const words = ['gru-bench', ...typed].map((word) => `'${word}'`).join(' ');
    const ask = `source ${path}; COMP_WORDS=(${words}); COMP_CWORD=${typed.length}; _gru_bench; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout } = spawnSync('bash', ['-c', ask], { encoding: 'utf8' });
    expect(stdout.trim().split('\n').sort()).toEqual([...offers].sort());
  });

  it.each(OFFERS)('fish: %s', skipWithout('fish'), async (typed, offers) => {
    const path = join(emptyFolder(), 'gru-bench.fish');
    writeFileSync(path, await script('fish'));
    const line = ['gru-bench', ...typed].join(' ');
    const { stdout } = spawnSync('fish', ['--no-config', '-c', `source ${path}; complete -C "${line}"`], {
      encoding: 'utf8',
    });
    const offered = stdout
      .trim()
      .split('\n')
      .map((one) => one.split('\t')[0]);
    expect(offered.sort()).toEqual([...offers].sort());
  });

  it('zsh takes the script', skipWithout('zsh'), async () => {
    const folder = join(emptyFolder(), 'functions');
    mkdirSync(folder);
    writeFileSync(join(folder, '_gru-bench'), await script('zsh'));
    const ask = `fpath=(${folder} $fpath); autoload -Uz compinit; compinit -u -D; print $_comps[gru-bench]`;
    expect(spawnSync('zsh', ['-f', '-c', ask], { encoding: 'utf8' }).stdout).toBe('_gru-bench\n');
    expect(spawnSync('zsh', ['-n', join(folder, '_gru-bench')]).status).toBe(0);
  });

  it('of an unknown shell is one line', async () => {
    const { code, stderr } = await runHere(['completion', 'tcsh']);
    expect([code, stderr.split('\n').length]).toEqual([2, 2]);
  });
});

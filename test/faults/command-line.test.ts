import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { main } from '../../src/cli/main.js';
import { randomFrom } from './mutate.js';
import { IS_LONG, MINUTES, runs, summary } from './scale.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
// Deep enough that `../..` is no folder of the machine's.
const top = mkdtempSync(join(tmpdir(), 'gru-bench-faults-'));
const folder = join(top, 'somewhere', 'below');
const home = process.cwd();
// Whatever a mutated command writes stays here; a few short pieces keep the commands quick.
beforeAll(() => {
  mkdirSync(folder, { recursive: true });
  process.chdir(folder);
  mkdirSync('pieces');
  const music = join(ROOT, 'datasets/demo-music');
  const pieces = readdirSync(music, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.mid'));
  for (const split of ['train', 'valid', 'test']) {
    mkdirSync(join('pieces', split));
    copyFileSync(join(music, pieces[0]), join('pieces', split, 'a.mid'));
  }
  writeFileSync('run.yaml', 'model: tanh\ndataset: pieces\nepochs: 1\n');
  writeFileSync('experiment.yaml', 'datasets: [{ dataset: pieces }]\n');
});
afterAll(() => {
  process.chdir(home);
  rmSync(top, { recursive: true, force: true });
});

/** Commands as users type them; none trains, since its output has no place. */
const COMMANDS = [
  'train --model gru --dataset pieces --max-sequences 1 --epochs 1 --out /dev/null/run',
  'train --resume nowhere',
  'train --config run.yaml --seed 2 --out /dev/null/run',
  'evaluate nowhere --split all --json',
  'sample nowhere --length 10 --temperature 1 --seed 3',
  'reproduce experiment.yaml --only music gru --out /dev/null/out --jobs 1',
  'report nowhere --json',
  'check nowhere --strict --junit x.xml',
  'datasets info pieces --json',
  'datasets list --json',
  'bench --only music-1x60 --rounds 0',
  'completion bash',
];
/** Words that a mutation puts in. */
const ODD = [
  '',
  '-',
  '--',
  '-1',
  '1e9',
  'NaN',
  '../..',
  '\u0000',
  '\n',
  '🎹',
  '--help',
  '--json',
  '--seed',
  '--no-such',
  'x'.repeat(5000),
];

function mutateWords(random: (below: number) => number): string[] {
  const words = COMMANDS[random(COMMANDS.length)].split(' ');
  const changes = 1 + random(3);
  for (let n = 0; n < changes; n++) {
    const at = random(words.length);
    const odd = ODD[random(ODD.length)];
    const letters = [...(words[at] ?? '')];
    switch (random(5)) {
      case 0:
        words[at] = odd;
        break;
      case 1:
        words.splice(at, 0, odd);
        break;
      case 2:
        words.splice(at, 1);
        break;
      case 3:
        letters.splice(random(letters.length + 1), random(2), String.fromCharCode(33 + random(90)));
        words[at] = letters.join('');
        break;
      default:
        words.splice(at, 0, words[random(words.length)] ?? '');
    }
  }
  return words;
}

/** Whether a mutated command would do the work it is for: hours of it are not the point here. */
function works(words: string[]): boolean {
  const line = words.join(' ');
  const out = words[words.lastIndexOf('--out') + 1];
  if (/^(doctor|datasets (download|verify|import))/.test(line)) return true;
  if (words[0] === 'bench') return !(/--rounds 0( |$)/.test(line) && line.includes('--only music-1x60'));
  return /^(train|reproduce)/.test(line) && !out?.startsWith('/dev/null/');
}

it(
  'mutated commands end with an exit code and at most one line of error',
  async () => {
    const random = randomFrom(1412);
    const count = runs(10_000, 150);
    const output = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const errors = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const codes: Record<number, number> = {};
    let tried = 0;
    let slowest = 0;
    try {
      while (tried < count) {
        const words = mutateWords(random);
        const line = words.join(' ');
        if (works(words)) continue;
        tried++;
        errors.mockClear();
        process.exitCode = undefined;
        const start = performance.now();
        await main(words);
        // Each call listens to its process; here all are one.
        process.stdout.removeAllListeners('error');
        slowest = Math.max(slowest, performance.now() - start);
        const code = Number(process.exitCode ?? 0);
        codes[code] = (codes[code] ?? 0) + 1;
        const told = errors.mock.calls.map(([text]) => String(text)).join('');
        expect([0, 1, 2], line).toContain(code);
        expect(told, line).not.toMatch(/: internal error|\n {4}at /);
        // A command without its subcommand shows the help.
        if (code === 0 || told === '' || told.startsWith('Usage: ')) continue;
        expect(told.trimEnd().split('\n').length, line).toBe(1);
      }
    } finally {
      output.mockRestore();
      errors.mockRestore();
      process.exitCode = undefined;
    }
    // None hangs, even where other work slows the machine down.
    expect(slowest).toBeLessThan(15_000);
    summary(
      `command line: ${count} mutated commands; exit codes ${Object.entries(codes)
        .map(([code, n]) => `${code}: ${n}`)
        .join(', ')}; slowest ${slowest.toFixed(0)} ms`,
    );
  },
  (IS_LONG ? 30 : 2) * MINUTES,
);

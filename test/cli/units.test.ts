import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadNative, type NativeKernels } from '../../src/kernels/native.js';
import { compileUnit } from '../../src/kernels/own-unit.js';
import { defineUnit } from '../../src/model/graph/define-unit.js';
import { tanh } from '../../src/model/graph/expression.js';
import { UNIT_NAMES } from '../../src/model/units/registry.js';
import { emptyFolder, run, runHere, start } from './command.js';

const MY_UNIT = `import { defineUnit, sigmoid, tanh } from 'gru-bench';
export default defineUnit('my-unit', ({ h, gate, one }) => {
  const z = sigmoid(gate('z'));
  return { h: one.minus(z).times(h).plus(z.times(tanh(gate('', { recurrent: z.times(h) })))) };
});
`;
/** The same name, other equations. */
const CHANGED = MY_UNIT.replace('recurrent: z.times(h)', 'recurrent: h');
const SHORT = ['--dataset', 'demo-music', '--max-sequences', '3', '--epochs', '2'];

function folderWith(files: Record<string, string>): string {
  const folder = emptyFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

describe('an own unit', () => {
  it('is begun, checked, trained, resumed, evaluated and sampled from', async () => {
    const folder = folderWith({});
    const here = (words: string[], environment = {}) => run(words, environment, folder);
    expect((await here(['units', 'new', 'my-unit.mjs'])).code).toBe(0);
    const again = await here(['units', 'new', 'my-unit.mjs']);
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('is there already')]);
    const checked = await here(['units', 'check', 'my-unit.mjs']);
    expect([checked.code, checked.stderr]).toEqual([0, '']);
    expect(checked.stdout).toMatch(/gradient of U_z +\S+ +holds/);
    const trained = await here(['train', '--model', './my-unit.mjs', ...SHORT, '--out', 'run']);
    expect([trained.code, trained.stderr]).toEqual([0, '']);
    expect(trained.stdout).toMatch(/^model +my-unit, 46 hidden units/m);
    const { model, request } = JSON.parse(readFileSync(join(folder, 'run', 'config.json'), 'utf8'));
    expect(model.unit.equations).toContain('z = σ(xW_z + h₋U_z + b_z)');
    expect(request.model).toBe(join(folder, 'my-unit.mjs'));
    // The run knows its equations: the file is not needed again.
    const evaluated = await here(['evaluate', 'run', '--json']);
    expect(JSON.parse(evaluated.stdout).splits[0].perFrame).toBeGreaterThan(0);
    expect((await here(['sample', 'run', '--length', '8', '--quiet'])).code).toBe(0);
    writeFileSync(join(folder, 'my-unit.mjs'), CHANGED);
    const resumed = await here(['train', '--resume', 'run']);
    expect([resumed.code, resumed.stderr]).toEqual([1, expect.stringContaining('has other equations now')]);
  });

  it('is compared with others in an experiment, which keeps to its equations', async () => {
    const experiment = `units: [gru, ./my-unit.mjs]\nparameters: 3k\nsearch: { draws: 1 }\ntraining: { epochs: 1, maxSequences: 2 }\ndatasets: [{ dataset: demo-music }]\n`;
    const folder = folderWith({ 'my-unit.mjs': MY_UNIT, 'mine.yaml': experiment });
    const here = (words: string[]) => run(words, {}, folder);
    const done = await here(['reproduce', 'mine.yaml', '--quiet']);
    expect([done.code, done.stderr]).toEqual([0, '']);
    const results = join(folder, 'results', 'mine');
    expect(readFileSync(join(results, 'results.csv'), 'utf8')).toMatch(/^demo-music,my-unit,1,1,/m);
    const { datasets } = JSON.parse(readFileSync(join(results, 'experiment.json'), 'utf8'));
    expect(datasets[0].plan.equations.map(({ name }: { name: string }) => name)).toEqual(['gru', 'my-unit']);
    const reported = await here(['report', results]);
    expect(reported.code).toBe(0);
    expect(reported.stdout).toContain('my-unit');
    const checked = await here(['check', results]);
    expect(checked.code).toBe(0);
    writeFileSync(join(folder, 'my-unit.mjs'), CHANGED);
    const changed = await here(['reproduce', 'mine.yaml']);
    expect([changed.code, changed.stderr]).toEqual([
      1,
      expect.stringMatching(/the unit my-unit is not that of the (trials|results)/),
    ]);
  });

  it('runs in WebAssembly, or composed, where it cannot be compiled for the processor, with the reason', async () => {
    const folder = folderWith({
      'my-unit.mjs': MY_UNIT,
      'broken-compiler':
        '#!/bin/sh\n[ "$1" = --version ] && exec echo broken 1.0\necho "x.cpp:1: error: no such luck" >&2\nexit 1\n',
    });
    const train = (compiler: string, ...words: string[]) =>
      run(
        ['train', '--model', './my-unit.mjs', ...SHORT, '--hidden', '3', ...words],
        {
          CXX: compiler,
          GRU_BENCH_CACHE: join(folder, 'cache'),
          ...(words.length > 0 && { GRU_BENCH_SIMD: 'plain' }),
        },
        folder,
      );
    const without = await train('nowhere++');
    expect(without.code).toBe(0);
    expect(without.stdout).toMatch(
      /kernels +(fused, wasm-fma|composed) \(.*there is no compiler nowhere\+\+/,
    );
    const broken = await train('sh ./broken-compiler', '--kernels', 'fused');
    expect(broken.code).toBe(1);
    expect(broken.stderr).toMatch(
      /^gru-bench: my-unit has no fused kernels: x\.cpp:1: error: no such luck \(all of it is in .*\.log\); --kernels composed does without\n$/,
    );
    const [, log] = /is in (.*\.log)/.exec(broken.stderr) ?? [];
    expect(readFileSync(log, 'utf8')).toContain('no such luck');
  });

  it('is compiled by several processes at once, and then no more', async () => {
    const folder = folderWith({ 'my-unit.mjs': MY_UNIT });
    const cache = join(folder, 'cache');
    const train = (out: string) =>
      start(['train', '--model', './my-unit.mjs', ...SHORT, '--out', out], { GRU_BENCH_CACHE: cache }, folder)
        .finished;
    const both = await Promise.all([train('a'), train('b')]);
    expect(both.map(({ code, stderr }) => [code, stderr])).toEqual([
      [0, ''],
      [0, ''],
    ]);
    const again = await train('c');
    expect(again.stdout).not.toContain('was compiled');
    expect(readdirSync(join(cache, 'units')).filter((name) => !name.endsWith('.so'))).toEqual([]);
    const best = ['a', 'b', 'c'].map((out) => readFileSync(join(folder, out, 'best.safetensors')));
    expect(best[1].equals(best[0]) && best[2].equals(best[0])).toBe(true);
  });
});

describe('a file that defines no unit', () => {
  const unit = (name: string, equations: string) =>
    `import { defineUnit, sigmoid } from 'gru-bench';\nexport default defineUnit(${name}, ({ h, gate }) => { ${equations} });`;
  it.each([
    ['is not JavaScript', '// A unit.\nexport default (', /line 2: Unexpected/],
    ['throws', "throw new Error('one\\ntwo')", /line 1: one$/],
    ['throws no error', 'throw null', /it throws null$/],
    ['exports none', 'export default 3', /has to export a unit/],
    [
      'exports two',
      `${unit("'a'", "return { h: gate('') };")}\nexport const a = defineUnit('b', ({ gate }) => ({ h: gate('') }));`.replace(
        'export default',
        'export const b =',
      ),
      /exports 2 units: make one of them the default/,
    ],
    [
      'calls what there is not',
      unit("'a'", "\nreturn { h: relu(gate('z')) };"),
      /line 3: unit a: its equations throw ReferenceError: relu is not defined/,
    ],
    ['ends the program', 'process.exit(0)', /ended the program before it defined a unit/],
    [
      'does not end',
      "console.log('noise'); await new Promise((end) => setTimeout(end, 1e9));",
      /did not end within 10 seconds/,
    ],
    [
      'takes all memory',
      'const all = []; for (;;) all.push(new Array(1e5).fill(0));',
      /needs more than 256 MiB/,
    ],
    [
      'never stops adding',
      unit("'a'", "let v = gate('z'); for (;;) v = v.plus(h).times(v); return { h: v };"),
      /more than 2000 operations/,
    ],
    [
      'has 10 000 gates',
      unit("'a'", "let v = h; for (let i = 0; i < 10000; i++) v = v.plus(gate('g' + i)); return { h: v };"),
      /more than 12 gates/,
    ],
    [
      'has a constant that is no number',
      unit("'a'", "return { h: gate('z').times(NaN) };"),
      /line 2: unit a: the constant NaN is no finite number/,
    ],
    [
      'has a name that leaves the folder',
      unit("'../x'", "return { h: sigmoid(gate('z')) };"),
      /a unit's name is made of/,
    ],
    [
      'has a name with quotes',
      unit('\'a"; system("x\'', "return { h: sigmoid(gate('z')) };"),
      /a unit's name is made of/,
    ],
    ['has the name of another', unit("'gru'", "return { h: sigmoid(gate('z')) };"), /is called gru already/],
    [
      'hands over what is no unit',
      "import { parentPort } from 'node:worker_threads'; parentPort.postMessage({ defined: { name: '../x' } });",
      /has to export a unit|defines no unit/,
    ],
  ])(
    'that %s is one line',
    async (_, text, message) => {
      const folder = folderWith({ 'bad.mjs': text });
      const { code, stdout, stderr } = await runHere(['units', 'check', join(folder, 'bad.mjs')]);
      expect([code === 1 || code === 2, stdout]).toEqual([true, '']);
      expect(stderr).toMatch(/^gru-bench: [^\n]*\n$/);
      expect(stderr.trimEnd()).toMatch(message);
    },
    30_000,
  );

  it('or is not there is one line', async () => {
    const { code, stderr } = await runHere([
      'train',
      '--model',
      './not-there.mjs',
      '--dataset',
      'demo-music',
    ]);
    expect([code, stderr]).toEqual([
      2,
      'gru-bench: ./not-there.mjs: no such file; `gru-bench units new not-there.mjs` writes one\n',
    ]);
  });
});

it('a unit whose numbers are not finite is told from one whose kernels differ', async () => {
  const folder = folderWith({
    'over.mjs': `import { defineUnit, tanh } from 'gru-bench';
export default defineUnit('over', ({ h, gate }) => ({ h: tanh(gate('').dividedBy(h)) }));
`,
  });
  const { code, stdout, stderr } = await run(['units', 'check', 'over.mjs'], {}, folder);
  expect([code, stderr]).toEqual([
    1,
    expect.stringMatching(
      /^gru-bench: over: \S.* is not finite by .* or by .*: the equations overflow, or divide by 0\n$/,
    ),
  ]);
  expect(stdout).toMatch(/^ {2}gradient of W +- +not finite$/m);
  expect(stdout).not.toContain('NaN');
});

describe('gru-bench units', () => {
  it('begins a file under its own name, with a unit that no other one is called as', async () => {
    const file = join(folderWith({}), 'lstm.js');
    expect((await runHere(['units', 'new', file])).code).toBe(0);
    const text = readFileSync(file, 'utf8');
    expect(text).toContain('gru-bench units check ./lstm.js ');
    expect(text).toContain("defineUnit('my-lstm', ");
  });

  it('begins no file that Node does not read', async () => {
    const { code, stderr } = await runHere(['units', 'new', join(folderWith({}), 'lstm.ts')]);
    const reads = 'typescript' in process.features && Boolean(process.features.typescript);
    if (reads) expect(code).toBe(0);
    else
      expect([code, stderr]).toEqual([
        2,
        expect.stringMatching(/does not read TypeScript; take lstm\.mjs\n$/),
      ]);
  });

  it('asks for the file of a name, also where a unit is called nearly so', async () => {
    const folder = folderWith({ 'grus.mjs': MY_UNIT });
    const { code, stderr } = await run(['units', 'show', 'grus'], {}, folder);
    expect([code, stderr]).toEqual([2, 'gru-bench: there is no unit grus; did you mean ./grus.mjs?\n']);
  });

  it('lists all units at one size', async () => {
    const { stdout } = await runHere(['units', '--parameters', '20k', '--json']);
    const rows: { name: string; recurrentParameters: number }[] = JSON.parse(stdout);
    expect(rows.map(({ name }) => name)).toEqual(UNIT_NAMES);
    for (const { recurrentParameters } of rows)
      expect(Math.abs(recurrentParameters / 20000 - 1)).toBeLessThan(0.04);
  });

  it('shows equations, parameters and C++', async () => {
    const { stdout } = await runHere(['units', 'show', 'gru']);
    expect(stdout).toContain('  h = (1 − z)⊙h₋ + z⊙candidate\n');
    expect(stdout).toMatch(/ {2}U_z +\[46, 46\] +random/);
    expect(stdout).toContain('struct GruUnit {');
  });

  it.each([
    [['units', 'show', 'gro'], 'there is no unit gro; did you mean gru?'],
    [['units', 'gru'], 'there is no command `gru-bench units gru`; did you mean `gru-bench units show gru`?'],
    [['units', 'shwo', 'gru'], 'there is no command `gru-bench units shwo`; did you mean show?'],
    [
      ['units', 'equations', '--json'],
      'there is no command `gru-bench units equations`; there are list, show, new, check, help',
    ],
    [['units', 'list', '--parameters', 'many'], '--parameters many: has to be a number such as 20000 or 20k'],
    [['units', 'new', 'unit.py'], 'unit.py: the file of a unit ends in .mjs, such as unit.mjs'],
    [
      ['train', '--model', 'gru', '--dataset', 'demo-music', '--hidden', '3', '--parameters', '5k'],
      '--hidden and --parameters say the same: give one of them',
    ],
  ])('%s is one line', async (words, message) => {
    const { code, stderr } = await runHere(words);
    expect([code, stderr]).toEqual([2, `gru-bench: ${message}\n`]);
  });
});

it('a library that was compiled for other kernels does not load', async () => {
  const native = loadNative() as NativeKernels;
  const own = defineUnit('other-unit', ({ gate }) => ({ h: tanh(gate('')) }));
  const { file } = await compileUnit(own, native.paths[0]);
  expect(existsSync(file)).toBe(true);
  const folder = folderWith({ 'text.so': 'no library' });
  expect(() => native.loadUnit(0, join(folder, 'text.so'))).toThrow(
    /file too short|invalid ELF header|not a mach-o/i,
  );
  expect(() => native.loadUnit(0, '')).toThrow();
  expect(() => native.loadUnit(0, 5 as never)).toThrow(TypeError);
  expect(() => native.loadUnit(99, file)).toThrow(RangeError);
});

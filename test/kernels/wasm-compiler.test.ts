import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { KNOWN_DIGITS } from '../../src/kernels/known-digits.js';
import { isWasmPath, roundingOf, type WasmPath } from '../../src/kernels/paths.js';
import { compileWasmUnit } from '../../src/kernels/wasm-compiler.js';
import { unitNamed } from '../../src/model/units/registry.js';
import { PACKAGE_ROOT } from '../../src/platform/folders.js';
import { skipWhere } from '../skip.js';
import { kernelPaths } from './variants.js';

const run = promisify(execFile);

const work = mkdtempSync(join(tmpdir(), 'gru-bench-wasm-compiler-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

it('where the compiler is not installed, the reason says how to have it', async () => {
  await expect(compileWasmUnit(unitNamed('gru'), 'wasm', [work])).rejects.toThrow(
    /^@yowasp\/clang is not installed \(npm install @yowasp\/clang\)$/,
  );
});

const built = (file: string) => JSON.stringify(pathToFileURL(join(PACKAGE_ROOT, 'dist', file)).href);

/** Compiles a unit in a process of its own, which tells the seconds that it took, and its digits. */
async function compileApart(unit: string, path: WasmPath): Promise<{ seconds: number; digits: string }> {
  const program = `
    import { compileWasmUnit } from ${built('kernels/wasm-compiler.js')};
    import { digitsOf } from ${built('kernels/digits.js')};
    import { unitNamed } from ${built('model/units/registry.js')};
    const unit = unitNamed('${unit}');
    const { engine, seconds } = await compileWasmUnit(unit, '${path}');
    console.log(JSON.stringify({ seconds, digits: digitsOf(engine, 0, 1, unit) }));`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program], {
    env: { ...process.env, GRU_BENCH_CACHE: work },
  });
  return JSON.parse(stdout);
}

const units = join(work, 'units');
const MODULE = /^min-lstm-(wasm|wasm-fma)-[0-9a-f]{16}\.wasm$/;
const MINUTES = 60_000;
const WHY =
  process.env.GRU_BENCH_UNITS === undefined ? '`npm run test:units` compiles for a minute' : undefined;

describe.each(kernelPaths().filter(isWasmPath))(
  'a module of one unit, compiled for %s',
  { ...skipWhere(WHY), timeout: 20 * MINUTES },
  (path) => {
    const digits = KNOWN_DIGITS['min-lstm'][roundingOf(path)];
    const modules = () => readdirSync(units).filter((name) => MODULE.exec(name)?.[1] === path);
    const placeOf = () => join(units, modules()[0]);

    it('by two processes at once, is there once and has the digits of all machines', async () => {
      const both = await Promise.all([compileApart('min-lstm', path), compileApart('min-lstm', path)]);
      expect(both.map((one) => one.digits)).toEqual([digits, digits]);
      expect(both.every(({ seconds }) => seconds > 0)).toBe(true);
      expect(modules()).toHaveLength(1);
      expect(readdirSync(units).filter((name) => !MODULE.test(name))).toEqual([]);
    });

    it('is not compiled again', async () => {
      const { mtimeMs } = statSync(placeOf());
      expect(await compileApart('min-lstm', path)).toEqual({ seconds: 0, digits });
      expect(statSync(placeOf()).mtimeMs).toBe(mtimeMs);
    });

    it('but is where the file is a part of it', async () => {
      const whole = readFileSync(placeOf());
      writeFileSync(placeOf(), whole.subarray(0, whole.length / 2));
      const again = await compileApart('min-lstm', path);
      expect(again.seconds).toBeGreaterThan(0);
      expect(again.digits).toBe(digits);
      expect(readFileSync(placeOf()).equals(whole)).toBe(true);
    });
  },
);

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { unitKey } from '../../src/kernels/generate/header.js';
import { ADDON_FILE, loadNative, modelArgumentFor, type NativeKernels } from '../../src/kernels/native.js';
import { paperSpec } from '../../src/model/spec.js';
import { UNITS, unitNamed } from '../../src/model/units/registry.js';
import { Failure } from '../../src/platform/failure.js';
import { PACKAGE_ROOT } from '../../src/platform/folders.js';
import { skipWhere } from '../skip.js';
import { ENGINES } from './variants.js';

/** The install step's own functions, which are plain JavaScript. */
const install = new URL('../../scripts/install/fused.mjs', import.meta.url).href;
const { fusedSources, hashOfFolder, SOURCES } = (await import(install)) as {
  fusedSources(root: string): string;
  hashOfFolder(folder: string): string;
  SOURCES: string;
};

const native = loadNative() as NativeKernels;

const ELSEWHERE = process.env.GRU_BENCH_ADDON && 'GRU_BENCH_ADDON names an addon built elsewhere';

it('the addon under test is built from the sources here', skipWhere(ELSEWHERE), () => {
  const built = readFileSync(join(dirname(String(ADDON_FILE)), SOURCES), 'utf8');
  expect(built, 'npm run build:fused builds it anew').toBe(hashOfFolder(fusedSources(PACKAGE_ROOT)));
});

describe.each(ENGINES)('the units of $name', ({ engine }) => {
  const [path] = engine.paths;
  const spec = paperSpec('music', unitNamed('gru'));

  it('are those of the registry, known by their equations', () => {
    expect(engine.units).toEqual(UNITS.map((unit) => ({ name: unit.name, hash: unitKey(unit) })));
    expect(engine.units[modelArgumentFor(engine, path, spec)[0]].name).toBe('gru');
    expect(modelArgumentFor({ units: [...engine.units].reverse() }, path, spec)[0]).toBe(UNITS.length - 2);
  });

  it('are not taken for others of the same name', () => {
    const units = engine.units.map(({ name }) => ({ name, hash: '0123456789abcdef' }));
    expect(() => modelArgumentFor({ units }, path, spec)).toThrow(Failure);
    expect(() => modelArgumentFor({ units }, path, spec)).toThrow(
      /no fused kernels of the unit gru as it is here/,
    );
  });
});

describe.each(ENGINES)('$name refuses what does not fit', ({ engine }) => {
  const model = Int32Array.of(1, 2, 3, 0, 3, 0);
  const parameters = new Float32Array(3 * (6 + 4 + 2) + 9);
  const rows = [null, Int32Array.of(0, 1, 2), Uint8Array.of(0, 2)] as const;
  const nll = () => new Float64Array(1);
  const good = [0, 1, model, Int32Array.of(1, 1), ...rows, ...rows, parameters, nll()] as const;
  const call = (at: number, value: unknown) => () =>
    (engine.sequenceNll as (...words: unknown[]) => void)(
      ...good.map((word, i) => (i === at ? value : word)),
    );

  it('but takes what does', () => {
    expect(call(-1, 0)).not.toThrow();
  });

  it.each([
    ['a path that does not exist', 0, 9],
    ['no threads', 1, 0],
    ['a model of another length', 2, Int32Array.of(1, 2)],
    ['a model without units', 2, Int32Array.of(1, 0, 3, 0, 3, 0)],
    ['another model', 2, Int32Array.of(2, 2, 3, 0, 3, 0)],
    ['no steps', 3, new Int32Array(0)],
    ['sequences that begin late', 3, Int32Array.of(1, 2)],
    ['steps without sequences', 3, Int32Array.of(1, 0)],
    ['too many frames', 3, Int32Array.of(1, 1, 1)],
    ['starts that go back', 5, Int32Array.of(0, 2, 1)],
    ['starts behind the columns', 5, Int32Array.of(0, 1, 9)],
    ['a negative start', 5, Int32Array.of(-1, 1, 2)],
    ['a column out of range', 6, Uint8Array.of(0, 3)],
    ['columns of another type', 6, new Uint16Array(2)],
    ['parameters of another length', 10, new Float32Array(3)],
    ['detached parameters', 10, detached(parameters.length)],
    ['an NLL of another length', 11, new Float64Array(2)],
    ['nothing', 10, undefined],
  ])('%s', (_, at, value) => {
    expect(call(at, value)).toThrow(/./);
  });

  it('a call with too few arguments', () => {
    for (let n = 0; n < good.length; n++)
      expect(() => (engine.sequenceNll as (...words: unknown[]) => void)(...good.slice(0, n))).toThrow(/./);
  });
});

/** Sets how many bytes of address space this process may take on top of what it has; nothing lifts the bound. */
function boundAddressSpace(more?: number): void {
  const pages = Number(readFileSync('/proc/self/statm', 'utf8').split(' ')[0]);
  const bound = more === undefined ? 'unlimited' : pages * 4096 + more;
  execFileSync('prlimit', ['--pid', String(process.pid), `--as=${bound}:`]);
}

const whyUnbounded = process.env.GRU_BENCH_ADDON
  ? 'a sanitised addon takes address space without bound'
  : process.platform === 'linux'
    ? undefined
    : 'only Linux bounds the address space of a process that runs';

it(
  'threads that the system refuses are an error of one line, and the next call works',
  skipWhere(whyUnbounded),
  () => {
    const model = Int32Array.of(0, 1, 1, 0, 1, 0);
    const rows = [null, Int32Array.of(0, 0), new Uint8Array(0)] as const;
    const call = (threads: number) =>
      native.sequenceNll(
        0,
        threads,
        model,
        Int32Array.of(1),
        ...rows,
        ...rows,
        new Float32Array(5),
        new Float64Array(1),
      );
    boundAddressSpace(128 * 1024 * 1024);
    try {
      expect(() => call(1000)).toThrow(/^the system makes \d+ of 1000 threads \(.+\); take fewer$/);
    } finally {
      boundAddressSpace();
    }
    expect(() => call(3)).not.toThrow();
  },
);

function detached(length: number): Float32Array {
  const array = new Float32Array(length);
  structuredClone(array.buffer, { transfer: [array.buffer] });
  return array;
}

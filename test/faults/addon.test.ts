import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Rows } from '../../src/data/batch.js';
import type { Engine } from '../../src/kernels/engine.js';
import { modelArgumentFor } from '../../src/kernels/native.js';
import { type RandomCase, randomCase } from '../kernels/random-case.js';
import { ENGINES } from '../kernels/variants.js';
import { MINUTES, runs, summary } from './scale.js';

type Call = readonly [name: keyof Omit<Engine, 'paths' | 'units' | 'mostBytes'>, words: unknown[]];

/** One good call of each function of an engine, for a model and batch. */
function goodCalls(
  engine: Engine,
  { spec, parameters, batch }: RandomCase,
  path: number,
  threads: number,
): Call[] {
  const model = modelArgumentFor(engine, engine.paths[path], spec);
  const head = [path, threads, model, batch.active, ...rowsOf(batch.inputs), ...rowsOf(batch.targets)];
  const nll = new Float64Array(batch.sequences);
  const dy = new Float32Array(batch.sequences).fill(1);
  const vector = () => new Float32Array(parameters.length);
  return [
    ['sequenceNll', [...head, parameters, nll]],
    ['sequenceNll', [...head, parameters, nll, dy, vector()]],
    ['workspaceBytes', [path, model, batch.sequences, batch.frames, 1, threads]],
    ['weightNoise', [path, model, parameters, vector(), 0.075, 1, 1, 1, 1]],
    [
      'rmsPropMomentum',
      [
        path,
        parameters,
        vector(),
        vector(),
        vector(),
        vector(),
        vector(),
        vector(),
        0.95,
        0.9,
        1e-3,
        1e-2,
        1,
      ],
    ],
    [
      'update',
      [
        ...head,
        nll,
        parameters,
        ...Array.from({ length: 5 }, vector),
        ...[0.075, 1, 1, 1, 1],
        ...[0.95, 0.9, 1e-3, 1e-2, 1],
      ],
    ],
    ['multiplyAdds', [path, 3]],
  ];
}

function rowsOf(rows: Rows): unknown[] {
  return rows.kind === 'dense' ? [rows.values, null, null] : [null, rows.starts, rows.columns];
}

type Vector = Float32Array | Float64Array | Int32Array | Uint8Array;

/** Arrays of the right type that do not fit, and numbers that are none; by the argument in whose place they go. */
const HOSTILE: readonly ((good: unknown) => unknown)[] = [
  () => undefined,
  () => null,
  () => Number.NaN,
  () => -1,
  () => 0.5,
  () => -(2 ** 31),
  () => 2 ** 32,
  () => 1e300,
  () => Number.POSITIVE_INFINITY,
  () => 'x',
  () => ({ length: 4 }),
  () => [1, 2, 3],
  () => () => 0,
  () => Symbol('s'),
  () => 1n,
  () => new Float32Array(0),
  () => new Int32Array(6),
  () => new Uint16Array(3),
  () => new DataView(new ArrayBuffer(64)),
  () => new ArrayBuffer(64),
  onVector((good) => good.subarray(1)),
  onVector((good) => longer(good, 1)),
  onVector((good) => longer(good, 4096)),
  onVector((good) => good.slice().fill(Number.NaN)),
  onVector((good) => good.slice().fill(-1)),
  onVector((good) => good.slice().fill(2 ** 31 - 1)),
  onVector((good) => good.slice().reverse()),
  onVector(detached),
  onVector(atTheEnd),
  onVector((good) => inMemory(good, (bytes) => new SharedArrayBuffer(bytes))),
  onVector(shrunk),
  onVector(liar),
];

/** A change of a typed array that still has its memory; anything else becomes -2. */
function onVector(change: (good: Vector) => unknown): (good: unknown) => unknown {
  return (good) =>
    ArrayBuffer.isView(good) && !(good instanceof DataView) && good.byteLength > 0
      ? change(good as Vector)
      : -2;
}

function longer(good: Vector, by: number): Vector {
  const Type = good.constructor as new (length: number) => Vector;
  const array = new Type(good.length + by);
  array.set(good as never);
  return array;
}

function detached(good: Vector): Vector {
  const copy = good.slice();
  structuredClone(copy.buffer, { transfer: [copy.buffer as ArrayBuffer] });
  return copy;
}

/** The same values at the end of a larger buffer: whatever reads on leaves it. */
function atTheEnd(good: Vector): Vector {
  const array = longer(good, 3);
  array.copyWithin(3, 0, good.length);
  return array.subarray(3);
}

/** The same values in memory of another kind. */
function inMemory(good: Vector, memoryOf: (bytes: number) => ArrayBufferLike): Vector {
  const Type = good.constructor as new (buffer: ArrayBufferLike) => Vector;
  const array = new Type(memoryOf(good.byteLength));
  array.set(good as never);
  return array;
}

type Resizable = ArrayBuffer & { resize(bytes: number): void };

/** Half of its memory is taken from it. */
function shrunk(good: Vector): Vector {
  const Memory = ArrayBuffer as unknown as new (
    bytes: number,
    options: { maxByteLength: number },
  ) => Resizable;
  const array = inMemory(good, (bytes) => new Memory(bytes, { maxByteLength: bytes }));
  (array.buffer as Resizable).resize(8 * Math.floor(array.byteLength / 16));
  return array;
}

/** Half of it, which says that it is whole. */
function liar(good: Vector): Vector {
  const half = good.slice(good.length / 2);
  for (const name of ['length', 'byteLength'] as const)
    Object.defineProperty(half, name, { value: good[name] });
  return half;
}

/** Puts a call's array into the memory of another one, both where that begins. */
function shareMemory(words: unknown[], at: number, other: number): void {
  const [one, two] = [words[at], words[other]].map((word) => onVector((good) => good)(word));
  if (one === -2 || two === -2 || at === other) return;
  const memory = new ArrayBuffer(
    8 * Math.ceil(Math.max((one as Vector).byteLength, (two as Vector).byteLength) / 8),
  );
  const into = (good: Vector) => {
    const Type = good.constructor as new (buffer: ArrayBuffer, at: number, length: number) => Vector;
    const array = new Type(memory, 0, good.length);
    array.set(good as never);
    return array;
  };
  words[at] = into(one as Vector);
  words[other] = into(two as Vector);
}

/** No argument may keep a call for long; under sanitisers a good call takes tens of milliseconds. */
const MOST_MILLISECONDS = 5000;

const hostileWords = fc.array(fc.tuple(fc.nat(26), fc.nat(HOSTILE.length - 1)), {
  minLength: 1,
  maxLength: 3,
});
/** Every other time, two arguments whose arrays share memory. */
const sharing = fc.option(fc.tuple(fc.nat(26), fc.nat(26)), { freq: 2, nil: undefined });

it.each(ENGINES)(
  '$name takes any shape, and hostile arguments are typed errors that leave it whole',
  ({ name: what, engine }) => {
    const count = runs(10_000, 300);
    let [refused, taken, slowest] = [0, 0, 0];
    const property = fc.property(
      randomCase([0.1, 3]),
      fc.nat(engine.paths.length - 1),
      fc.integer({ min: 1, max: 3 }),
      fc.nat(6),
      hostileWords,
      sharing,
      (one, path, threads, which, changes, shared) => {
        const [name, good] = goodCalls(engine, one, path, threads)[which];
        const call = (words: unknown[]) => (engine[name] as (...words: unknown[]) => unknown)(...words);
        const expected = call(good);
        expect(expected === undefined || Number.isFinite(expected)).toBe(true);
        const words = [...good];
        for (const [at, hostile] of changes)
          words[at % good.length] = HOSTILE[hostile](words[at % good.length]);
        if (shared) shareMemory(words, shared[0] % good.length, shared[1] % good.length);
        const start = performance.now();
        try {
          call(words);
          taken++;
        } catch (error) {
          expect(error instanceof TypeError || error instanceof RangeError, String(error)).toBe(true);
          expect((error as Error).message).toMatch(/^[^\n]{5,200}$/);
          refused++;
        }
        slowest = Math.max(slowest, performance.now() - start);
        expect(call(good)).toEqual(expected);
      },
    );
    fc.assert(property, { numRuns: count, seed: 1412 });
    expect(slowest).toBeLessThan(MOST_MILLISECONDS);
    summary(
      `${what}: ${count} random shapes, and as many hostile calls: ${refused} refused by a typed error, ${taken} harmless; slowest ${slowest.toFixed(0)} ms`,
    );
  },
  60 * MINUTES,
);

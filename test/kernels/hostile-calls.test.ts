import { describe, expect, it } from 'vitest';
import type { Engine } from '../../src/kernels/engine.js';
import { ENGINES } from './variants.js';

/** `sequenceNll` of a GRU on one sequence of two frames, by the names of its arguments. */
function goodArguments() {
  const model = Int32Array.of(1, 2, 3, 0, 3, 0);
  const parameters = new Float32Array(3 * (6 + 4 + 2) + 9).map((_, i) => Math.sin(i));
  return {
    path: 0 as unknown,
    threads: 1 as unknown,
    model: model as unknown,
    active: Int32Array.of(1, 1) as unknown,
    inputs: null as unknown,
    inputStarts: Int32Array.of(0, 1, 2) as unknown,
    inputColumns: Uint8Array.of(0, 2) as unknown,
    targets: null as unknown,
    targetStarts: Int32Array.of(0, 1, 2) as unknown,
    targetColumns: Uint8Array.of(1, 2) as unknown,
    parameters: parameters as unknown,
    nll: new Float64Array(1) as unknown,
    dy: Float32Array.of(1) as unknown,
    gradient: new Float32Array(parameters.length) as unknown,
  };
}

type Arguments = ReturnType<typeof goodArguments>;

function call(engine: Engine, words: Arguments): void {
  (engine.sequenceNll as (...words: unknown[]) => void)(...Object.values(words));
}

/** The NLL and the gradient of the good call. */
function resultOf(engine: Engine): unknown[] {
  const words = goodArguments();
  call(engine, words);
  return [words.nll, words.gradient];
}

/** The same values in memory of another kind. */
function inBuffer<T extends Float32Array | Int32Array | Uint8Array>(
  values: T,
  bufferOf: (bytes: number) => ArrayBufferLike,
): T {
  const Type = values.constructor as new (buffer: ArrayBufferLike) => T;
  const array = new Type(bufferOf(values.byteLength));
  array.set(values);
  return array;
}

type Resizable = new (bytes: number, options: { maxByteLength: number }) => ArrayBuffer;

const resizable = (bytes: number) =>
  new (ArrayBuffer as unknown as Resizable)(bytes, { maxByteLength: 2 * bytes });

/** Arrays that say of themselves what is not so, or that run code of their own when they are asked. */
class Liar extends Float32Array {
  override get length(): number {
    return goodParameters.length;
  }
  override get byteLength(): number {
    return 4 * goodParameters.length;
  }
}
const goodParameters = goodArguments().parameters as Float32Array;

function throwing(array: Float32Array): Float32Array {
  for (const name of ['length', 'byteLength', 'byteOffset', 'buffer', Symbol.toStringTag, 'constructor'])
    Object.defineProperty(array, name, {
      get() {
        throw new Error(`asked for ${String(name)}`);
      },
    });
  return array;
}

describe.each(ENGINES)('a call of $name', ({ engine }) => {
  const expected = resultOf(engine);
  const isModule = engine.mostBytes !== undefined;

  const refuse = (change: Partial<Arguments>, reason: RegExp) => {
    expect(() => call(engine, { ...goodArguments(), ...change })).toThrow(reason);
    expect(resultOf(engine)).toEqual(expected);
  };

  it.each(['active', 'inputStarts', 'parameters', 'nll', 'gradient'] as const)(
    'does not read or write memory that threads share: %s',
    (name) => {
      const good = goodArguments()[name] as Int32Array;
      refuse(
        { [name]: inBuffer(good, (bytes) => new SharedArrayBuffer(bytes)) },
        /is (in memory that threads share|not the typed array that it has to be)$/,
      );
    },
  );

  it('takes arrays of memory that may grow', () => {
    const words = { ...goodArguments(), parameters: inBuffer(goodParameters, resizable) };
    call(engine, words);
    expect([words.nll, words.gradient]).toEqual(expected);
  });

  it('refuses an array whose memory shrank', () => {
    const parameters = inBuffer(goodParameters, resizable);
    (parameters.buffer as unknown as { resize(bytes: number): void }).resize(8);
    refuse({ parameters }, /^parameters has to have 45 elements, it has 2$/);
    const behind = new Float32Array(resizable(4 * 46), 4, 45);
    (behind.buffer as unknown as { resize(bytes: number): void }).resize(8);
    refuse({ parameters: behind }, /^parameters has to have 45 elements, it has 0$/);
  });

  it('asks no array itself how long it is', () => {
    refuse({ parameters: new Liar(1) }, /^parameters has to have 45 elements, it has 1$/);
    refuse({ gradient: new Liar(1) }, /^gradient has to have 45 elements, it has 1$/);
    const words = { ...goodArguments(), parameters: throwing(goodParameters.slice()) };
    call(engine, words);
    expect([words.nll, words.gradient]).toEqual(expected);
  });

  it('leaves a gradient alone that it was not asked for', () => {
    const gradient = new Float32Array(1000).fill(7);
    refuse({ dy: undefined, gradient }, /^dy is missing$/);
    expect(gradient).toEqual(new Float32Array(1000).fill(7));
  });

  it('leaves the arguments behind its own alone', () => {
    const more = Array.from({ length: 40 }, () => new Float32Array(9).fill(7));
    const words = goodArguments();
    (engine.sequenceNll as (...words: unknown[]) => void)(...Object.values(words), ...more);
    expect([words.nll, words.gradient]).toEqual(expected);
    expect(more.every((array) => array.every((value) => value === 7))).toBe(true);
  });

  it('takes the arguments of a shorter call for no more than they are', () => {
    resultOf(engine);
    const { dy, gradient, ...words } = goodArguments();
    (engine.sequenceNll as (...words: unknown[]) => void)(...Object.values(words));
    expect(words.nll).toEqual(expected[0]);
  });

  it.each([
    ['nll', 'active', 'active'],
    ['nll', 'inputStarts', 'inputs.starts'],
    ['gradient', 'active', 'active'],
    ['gradient', 'inputColumns', 'inputs.columns'],
    ['gradient', 'targetStarts', 'targets.starts'],
    ['gradient', 'parameters', 'parameters'],
    ['gradient', 'dy', 'dy'],
  ] as const)('changes no argument under its own feet: %s in the memory of %s', (written, read, name) => {
    const [words, buffer] = [goodArguments(), new ArrayBuffer(1024)];
    const move = (of: typeof written | typeof read, at: number) => {
      const values = words[of] as Float32Array;
      const Type = values.constructor as new (
        memory: ArrayBuffer,
        at: number,
        length: number,
      ) => Float32Array;
      const array = new Type(buffer, at, values.length);
      array.set(values);
      words[of] = array;
    };
    move(written, 0);
    // Side by side first, then one over the other.
    move(read, (words[written] as Float32Array).byteLength);
    call(engine, words);
    expect([words.nll, words.gradient]).toEqual(expected);
    move(read, 0);
    if (isModule) {
      // What it reads are copies.
      call(engine, words);
      expect([words.nll, words.gradient]).toEqual(expected);
    } else {
      expect(() => call(engine, words)).toThrow(RangeError);
      expect(() => call(engine, words)).toThrow(`${written} shares memory with ${name}`);
    }
    expect(resultOf(engine)).toEqual(expected);
  });
});

const MODULES = ENGINES.filter(({ engine }) => engine.mostBytes !== undefined);

it.each(MODULES)('$name refuses arrays that fill its 4 GiB, and goes on', ({ engine }) => {
  const expected = resultOf(engine);
  // What is written is not copied in: none of it is touched. The module's own data take a page and more.
  for (const [pages, reason] of [
    [-1, /^out of memory; take fewer sequences an update$/],
    [0, /^out of memory; take fewer sequences an update$/],
    [1, /^out of memory; take fewer sequences an update$/],
    [64, /^gradient has to have 45 elements, it has \d+$/],
  ] as const) {
    const gradient = new Float32Array((2 ** 32 - 65536 * pages) / 4);
    expect(() => call(engine, { ...goodArguments(), gradient })).toThrow(reason);
    expect(resultOf(engine)).toEqual(expected);
  }
});

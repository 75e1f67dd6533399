import type { Engine } from './engine.js';
import type { KernelPath } from './paths.js';

/**
 * The fused kernels as a WebAssembly module, src/kernels/native/wasm.cpp, behind the same functions as the addon. Runs
 * in browsers too. It computes on one thread, whatever `threads` says.
 *
 * The module sees nothing of its caller's memory: typed arrays are copied into its own and back.
 */
interface Exports {
  readonly memory: WebAssembly.Memory;
  /** Where the module's own data end. */
  readonly __heap_base: WebAssembly.Global;
  readonly __stack_pointer: WebAssembly.Global;
  readonly sequenceNll: Call;
  readonly workspaceBytes: Call;
  readonly weightNoise: Call;
  readonly rmsPropMomentum: Call;
  readonly update: Call;
  readonly multiplyAdds: Call;
  /** Addresses of text. */
  pathName(): number;
  unitName(unit: number): number;
  unitHash(unit: number): number;
  unitCount(): number;
  /** 1 where the path's multiply-adds round once. */
  roundsOnce(): number;
}

/** @param free where the memory behind the arguments begins */
type Call = (first: number, count: number, free: number) => number;

/** WebAssembly addresses memory by 32 bits. */
const MOST_BYTES = 2 ** 32;
const PAGE_BYTES = 2 ** 16;
/** Of the address of each array. */
const ALIGNMENT = 64;

/**
 * Starts a module.
 *
 * @throws Error where this engine computes the relaxed multiply-adds that the module is compiled with as a product and
 *   a sum: the numbers would be neither path's
 */
export function createEngine(module: WebAssembly.Module): Engine {
  const exports = instantiate(module);
  const path = textAt(exports, exports.pathName()) as KernelPath;
  if (path === 'wasm-fma' && exports.roundsOnce() !== 1)
    throw new Error('multiply-adds are not fused in WebAssembly here');
  const call = (name: CallName, words: readonly unknown[]) => run(exports, name, words);
  return {
    paths: [path],
    units: Array.from({ length: exports.unitCount() }, (_, unit) => ({
      name: textAt(exports, exports.unitName(unit)),
      hash: textAt(exports, exports.unitHash(unit)),
    })),
    mostBytes: MOST_BYTES,
    sequenceNll: (...words) => void call('sequenceNll', words),
    workspaceBytes: (...words) => call('workspaceBytes', words),
    weightNoise: (...words) => void call('weightNoise', words),
    rmsPropMomentum: (...words) => call('rmsPropMomentum', words),
    update: (...words) => call('update', words),
    multiplyAdds: (...words) => call('multiplyAdds', words),
  };
}

function instantiate(module: WebAssembly.Module): Exports {
  const reject = (wrong: number, address: number, length: number): never => {
    const text = new TextDecoder().decode(new Uint8Array(exports.memory.buffer, address, length));
    throw new [TypeError, RangeError, Error][wrong](text);
  };
  const exports = new WebAssembly.Instance(module, { javascript: { reject } }).exports as unknown as Exports;
  return exports;
}

function textAt({ memory }: Exports, address: number): string {
  const bytes = new Uint8Array(memory.buffer, address);
  return new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0)));
}

/** The arguments of each function that are arrays it writes, all of each; some only if its result is finite. */
const WRITTEN = {
  sequenceNll: { always: [11, 13], ifFinite: [] },
  workspaceBytes: { always: [], ifFinite: [] },
  weightNoise: { always: [3], ifFinite: [] },
  rmsPropMomentum: { always: [], ifFinite: [5, 6, 7] },
  update: { always: [10], ifFinite: [14, 15, 16] },
  multiplyAdds: { always: [], ifFinite: [] },
} as const satisfies Record<string, Record<'always' | 'ifFinite', readonly number[]>>;

type CallName = keyof typeof WRITTEN;

/** An argument as it stands in the module's memory (wasm.cpp), and the array that an address stands for. */
interface Argument {
  readonly type: number;
  readonly address: number;
  /** The number, or how many elements the array has. */
  readonly value: number;
  readonly array?: TypedArray;
  readonly written?: 'always' | 'ifFinite';
}

const ARGUMENT_BYTES = 16;
const MOST_ARGUMENTS = 32;

function run(exports: Exports, name: CallName, words: readonly unknown[]): number {
  const writtenAs = (argument: number) =>
    (['always', 'ifFinite'] as const).find((when) =>
      (WRITTEN[name][when] as readonly number[]).includes(argument),
    );
  const first = roundUp(exports.__heap_base.value);
  let free = first + MOST_ARGUMENTS * ARGUMENT_BYTES;
  const taken = words.slice(0, MOST_ARGUMENTS).map((word, i): Argument => {
    const type = typeOf(word);
    if (!isArray(word, type)) return { type, address: 0, value: type === NUMBER ? Number(word) : 0 };
    const address = free;
    free += roundUp(word.byteLength);
    return { type, address, value: word.length, array: word, written: writtenAs(i) };
  });
  reserve(exports, free);
  const table = new DataView(exports.memory.buffer, first);
  for (const [i, { type, address, value, array, written }] of taken.entries()) {
    table.setInt32(ARGUMENT_BYTES * i, type, true);
    table.setUint32(ARGUMENT_BYTES * i + 4, address, true);
    table.setFloat64(ARGUMENT_BYTES * i + 8, value, true);
    if (array && !written) copy(array, viewOf(exports, address, array));
  }
  const result = callSafely(exports, name, first, taken.length, free);
  for (const { address, array, written } of taken)
    if (array && (written === 'always' || (written === 'ifFinite' && Number.isFinite(result))))
      copy(viewOf(exports, address, array), array);
  return result;
}

/** What `reject` throws passes the module's frames by: its stack is put back. */
function callSafely(exports: Exports, name: CallName, first: number, count: number, free: number): number {
  const stack = exports.__stack_pointer.value;
  try {
    return exports[name](first, count, free);
  } catch (error) {
    exports.__stack_pointer.value = stack;
    throw error;
  }
}

/** @throws Error where there is not so much memory to be had */
function reserve({ memory }: Exports, bytes: number): void {
  const pages = Math.ceil((bytes - memory.buffer.byteLength) / PAGE_BYTES);
  if (pages <= 0) return;
  try {
    if (bytes > MOST_BYTES) throw new RangeError();
    memory.grow(pages);
  } catch {
    throw new Error('out of memory; take fewer sequences an update');
  }
}

type TypedArray = Int32Array | Uint8Array | Float32Array | Float64Array;

/** In the order of wasm.cpp's `Type`, of which nothing and a number come first, and all else last. */
const ARRAYS = ['Int32Array', 'Uint8Array', 'Float32Array', 'Float64Array'];
const NOTHING = 0;
const NUMBER = 1;
const FIRST_ARRAY = 2;
const OTHER = FIRST_ARRAY + ARRAYS.length;

function typeOf(word: unknown): number {
  if (word === undefined || word === null) return NOTHING;
  if (typeof word === 'number') return NUMBER;
  const array = ARRAYS.indexOf(nameOfArray.call(word) ?? '');
  return array < 0 ? OTHER : FIRST_ARRAY + array;
}

function isArray(_word: unknown, type: number): _word is TypedArray {
  return type >= FIRST_ARRAY && type < OTHER;
}

/** What kind of typed array a value is, be it of another window; undefined where it is none. */
const nameOfArray = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype),
  Symbol.toStringTag,
)?.get as (this: unknown) => string | undefined;

/** Where the copy of an array is. The memory's buffer is another one whenever it has grown. */
function viewOf({ memory }: Exports, address: number, { byteLength }: TypedArray): Uint8Array {
  return new Uint8Array(memory.buffer, address, byteLength);
}

function copy(from: TypedArray, to: TypedArray): void {
  // An array that was transferred away has no bytes to look at.
  if (from.byteLength > 0) bytesOf(to).set(bytesOf(from));
}

function bytesOf({ buffer, byteOffset, byteLength }: TypedArray): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

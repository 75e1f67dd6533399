import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Batch, DenseRows } from '../src/data/batch.js';
import { type ModelSpec, parameterCount, parameterSlices } from '../src/model/spec.js';
import { unitNamed } from '../src/model/units/registry.js';

const FOLDER = fileURLToPath(new URL('goldens/', import.meta.url));

interface GoldenFile {
  name: string;
  cell: string;
  units: number;
  inputSize: number;
  output: 'bernoulli' | 'mixture';
  frameSize: number;
  mixtures: number | null;
  sequences: { inputs: number[][]; targets: number[][] }[];
  parameters: Record<string, number[] | number[][]>;
  nll: number[];
  gradient: Record<string, number[] | number[][]>;
}

export interface Golden {
  name: string;
  spec: ModelSpec;
  parameters: Float32Array;
  batch: Batch;
  /** NLL of each sequence. */
  nll: number[];
  /** Gradient of the sum of the NLLs, as a flat vector. */
  gradient: Float64Array;
}

export function readJson<T>(name: string): T {
  return JSON.parse(readFileSync(FOLDER + name, 'utf8')) as T;
}

/** The goldens of models; those of units, that is, which the optimiser's are not. */
export function modelGoldens(): Golden[] {
  return readdirSync(FOLDER)
    .filter((name) => /-(bernoulli|mixture)-\d+\.json$/.test(name))
    .map((name) => golden(readJson<GoldenFile>(name)));
}

function golden(file: GoldenFile): Golden {
  const { cell, units, inputSize, frameSize } = file;
  const output =
    file.output === 'mixture'
      ? ({ kind: 'mixture', frameSize, mixtures: file.mixtures as number } as const)
      : ({ kind: 'bernoulli', frameSize } as const);
  const spec = { unit: unitNamed(cell), hiddenSize: units, inputSize, output };
  return {
    name: file.name,
    spec,
    parameters: Float32Array.from(flat(spec, file.parameters)),
    batch: packDense(file.sequences),
    nll: file.nll,
    gradient: flat(spec, file.gradient),
  };
}

function flat(spec: ModelSpec, named: Record<string, number[] | number[][]>): Float64Array {
  const vector = new Float64Array(parameterCount(spec));
  const slices = parameterSlices(spec);
  if (slices.length !== Object.keys(named).length) throw new Error('a golden names other parameters');
  for (const { name, offset } of slices) vector.set(named[name].flat(), offset);
  return vector;
}

/** The goldens' sequences come longest first, as a batch has them. */
function packDense(sequences: GoldenFile['sequences']): Batch {
  const lengths = Int32Array.from(sequences, ({ inputs }) => inputs.length);
  const active = Int32Array.from({ length: lengths[0] }, (_, t) => lengths.filter((n) => n > t).length);
  const pack = (of: 'inputs' | 'targets'): DenseRows => {
    const rows = Array.from(active).flatMap((n, t) => sequences.slice(0, n).map((s) => s[of][t]));
    return { kind: 'dense', width: rows[0].length, values: Float32Array.from(rows.flat()) };
  };
  return {
    sequences: sequences.length,
    frames: lengths.reduce((a, b) => a + b),
    order: Int32Array.from(lengths.keys()),
    lengths,
    active,
    inputs: pack('inputs'),
    targets: pack('targets'),
  };
}

import fc from 'fast-check';
import type { Batch, Rows } from '../../src/data/batch.js';
import type { Unit } from '../../src/model/graph/define-unit.js';
import { type ModelSpec, parameterCount, parameterSlices } from '../../src/model/spec.js';
import { UNITS } from '../../src/model/units/registry.js';
import { uniform } from '../../src/random/draws.js';

/** A model, its parameters and a batch of any shape that the kernels take. */
export interface RandomCase {
  readonly spec: ModelSpec;
  readonly parameters: Float32Array;
  readonly batch: Batch;
  /** What a failed property prints: the unit by its name. */
  [fc.toStringMethod]?(): string;
}

interface Recipe {
  unit: Unit;
  units: number;
  inputSize: number;
  output: ModelSpec['output'];
  lengths: number[];
  /** Share of entries that are 1; 0 makes empty frames, 1 sounds every note. */
  density: number;
  denseInputs: boolean;
  denseTargets: boolean;
  /** Largest absolute value of W and b of the cell. */
  inputScale: number;
  seed: number;
}

const outputs = fc.oneof(
  fc.record({ kind: fc.constant('bernoulli' as const), frameSize: fc.integer({ min: 1, max: 100 }) }),
  fc.record({
    kind: fc.constant('mixture' as const),
    frameSize: fc.integer({ min: 1, max: 12 }),
    mixtures: fc.integer({ min: 1, max: 22 }),
  }),
);

/** With the gain of a recurrent product below 1, rounding errors do not grow from step to step. */
const RECURRENT_GAIN = 1.2;

/** @param inputScales largest absolute values of W and b of the cell to choose from; large ones saturate the gates */
export function randomCase(
  inputScales: readonly number[],
  units: readonly Unit[] = UNITS,
): fc.Arbitrary<RandomCase> {
  return fc
    .record<Recipe>({
      unit: fc.constantFrom(...units),
      units: fc.integer({ min: 1, max: 130 }),
      inputSize: fc.integer({ min: 1, max: 100 }),
      output: outputs,
      lengths: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 9 }),
      density: fc.constantFrom(0, 0.05, 0.5, 1),
      denseInputs: fc.boolean(),
      denseTargets: fc.boolean(),
      inputScale: fc.constantFrom(...inputScales),
      seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    })
    .map(fromRecipe);
}

function fromRecipe(recipe: Recipe): RandomCase {
  const { unit, units, inputSize, output, density, inputScale, seed } = recipe;
  const spec: ModelSpec = { unit, hiddenSize: units, inputSize, output };
  const draw = (update: number, n: number) =>
    uniform({ seed, purpose: 'initialisation', epoch: 9, update }, new Float64Array(n));
  const parameters = Float32Array.from(draw(0, parameterCount(spec)), (u) => 2 * u - 1);
  for (const { role, layer, offset, size } of parameterSlices(spec)) {
    const isInput = layer === 'cell' && (role === 'W' || role === 'b');
    const scale = isInput ? inputScale : Math.min(0.3, RECURRENT_GAIN / Math.sqrt(units));
    for (let i = offset; i < offset + size; i++) parameters[i] *= scale;
  }
  const lengths = Int32Array.from(recipe.lengths).sort().reverse();
  const active = Int32Array.from({ length: lengths[0] }, (_, t) => lengths.filter((n) => n > t).length);
  const frames = lengths.reduce((sum, n) => sum + n, 0);
  const rows = (width: number, isDense: boolean, update: number): Rows => {
    const u = draw(update, frames * width);
    return isDense
      ? { kind: 'dense', width, values: Float32Array.from(u, (x) => 3 * (2 * x - 1)) }
      : sparseRows(frames, width, (i) => u[i] < density);
  };
  const isMixture = output.kind === 'mixture';
  return {
    [fc.toStringMethod]: () => JSON.stringify({ ...recipe, unit: unit.name }),
    spec,
    parameters,
    batch: {
      sequences: lengths.length,
      frames,
      order: Int32Array.from(lengths.keys()),
      lengths,
      active,
      inputs: rows(inputSize, recipe.denseInputs, 1),
      targets: rows(output.frameSize, isMixture || recipe.denseTargets, 2),
    },
  };
}

function sparseRows(frames: number, width: number, isOne: (i: number) => boolean): Rows {
  const starts = new Int32Array(frames + 1);
  const columns: number[] = [];
  for (let n = 0; n < frames; n++) {
    for (let i = 0; i < width; i++) if (isOne(n * width + i)) columns.push(i);
    starts[n + 1] = columns.length;
  }
  return { kind: 'sparse', width, starts, columns: Uint8Array.from(columns) };
}

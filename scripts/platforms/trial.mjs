// Run by the Node of the platform under trial: holds paths to the goldens and to the digits of other machines, and
// prints what it found as JSON. The paths are the words after it, or all of the addon that GRU_BENCH_ADDON names.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { otherDigits } from '../../dist/kernels/digits.js';
import { engineOf } from '../../dist/kernels/engines.js';
import { loadNative, modelArgumentFor } from '../../dist/kernels/native.js';
import { parameterSlices } from '../../dist/model/spec.js';
import { UNITS, unitNamed } from '../../dist/model/units/registry.js';

const GOLDENS = fileURLToPath(new URL('../../test/goldens/', import.meta.url));
/** Of the NLL, and of a parameter's gradient as a share of its largest entry; as in the tests. */
const TOLERANCE = 1e-5;

try {
  console.log(JSON.stringify(trial()));
} catch (error) {
  console.error(/** @type {Error} */ (error).message);
  process.exitCode = 1;
}

function trial() {
  const paths = /** @type {readonly import('../../src/kernels/paths.js').KernelPath[]} */ (
    process.argv.length > 2 ? process.argv.slice(2) : requireAddon().paths
  );
  const engines = [...new Set(paths.map((path) => engineOf(path)))];
  const goldens = readdirSync(GOLDENS)
    .filter((name) => /-(bernoulli|mixture)-\d+\.json$/.test(name))
    .map((name) => JSON.parse(readFileSync(GOLDENS + name, 'utf8')));
  return {
    platform: `${process.platform}-${process.arch}`,
    node: process.version,
    paths,
    units: UNITS.length,
    goldens: goldens.length,
    wrong: paths.flatMap((path) =>
      goldens.filter((golden) => !holds(golden, path)).map(({ name }) => `${name} on ${path}`),
    ),
    others: engines.flatMap((engine) => otherDigits(engine)).map(({ unit, path }) => `${unit} on ${path}`),
  };
}

function requireAddon() {
  const addon = loadNative();
  if (typeof addon === 'string') throw new Error(addon);
  return addon;
}

/**
 * @param {any} golden
 * @param {import('../../src/kernels/paths.js').KernelPath} path
 */
function holds(golden, path) {
  const { cell, units, inputSize, frameSize, mixtures, sequences } = golden;
  const output =
    golden.output === 'mixture'
      ? { kind: golden.output, frameSize, mixtures }
      : { kind: golden.output, frameSize };
  const spec = { unit: unitNamed(cell), hiddenSize: units, inputSize, output };
  const slices = parameterSlices(spec);
  const parameters = Float32Array.from(slices.flatMap(({ name }) => golden.parameters[name].flat()));
  const gradient = new Float32Array(parameters.length);
  const nll = new Float64Array(sequences.length);
  const [active, inputs] = packed(sequences, 'inputs');
  const [, targets] = packed(sequences, 'targets');
  const engine = engineOf(path);
  const model = modelArgumentFor(engine, path, spec);
  const batch = /** @type {const} */ ([active, inputs, null, null, targets, null, null]);
  const ones = new Float32Array(sequences.length).fill(1);
  engine.sequenceNll(engine.paths.indexOf(path), 1, model, ...batch, parameters, nll, ones, gradient);
  const largest = largestOf(slices.flatMap((slice) => golden.gradient[slice.name].flat()));
  return (
    nll.every((value, i) => Math.abs(value - golden.nll[i]) <= TOLERANCE * golden.nll[i]) &&
    slices.every(({ name, offset }) => {
      const expected = golden.gradient[name].flat();
      // Where all terms of a sum cancel, their rounding is left.
      const tolerance = TOLERANCE * (largestOf(expected) || 0.1 * largest);
      return expected.every(
        (/** @type {number} */ value, /** @type {number} */ i) =>
          Math.abs(gradient[offset + i] - value) <= tolerance,
      );
    })
  );
}

/** @param {number[]} values */
function largestOf(values) {
  return Math.max(...values.map(Math.abs));
}

/**
 * Rows of all sequences, the longest first, step after step.
 *
 * @param {any[]} sequences
 * @param {'inputs' | 'targets'} of
 * @returns {[active: Int32Array, rows: Float32Array]}
 */
function packed(sequences, of) {
  const steps = sequences[0][of].length;
  const rows = Array.from({ length: steps }, (_, t) =>
    sequences.filter((one) => one[of].length > t).map((one) => one[of][t]),
  );
  return [Int32Array.from(rows, ({ length }) => length), Float32Array.from(rows.flat(2))];
}

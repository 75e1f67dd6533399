import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Kernels } from '../../src/kernels/choice.js';
import { sequenceNll, sequenceNllAndGradient } from '../../src/kernels/sequence-nll.js';
import { parameterSlices } from '../../src/model/spec.js';
import { PAPER_UNITS, UNITS } from '../../src/model/units/registry.js';
import { startBackend } from '../../src/platform/backend.js';
import { type Golden, modelGoldens } from '../golden.js';
import { farOff } from './far-off.js';
import { ALL_KERNELS, COMPOSED } from './variants.js';

const goldens = modelGoldens();

function expectNll({ nll: expected }: Golden, nll: Float32Array): void {
  expect(nll.length).toBe(expected.length);
  expect(farOff(expected, nll, (value) => 1e-5 * value)).toBeUndefined();
}

const largestOf = (values: Float64Array) => Math.max(...values.map(Math.abs));

function expectGradient({ spec, gradient: expected }: Golden, gradient: Float32Array, scale: number): void {
  for (const { name, offset, size } of parameterSlices(spec)) {
    const slice = expected.slice(offset, offset + size);
    // Where all terms of a sum cancel, as those of b_i of the sLSTM do, their rounding is left.
    const largest = largestOf(slice) || 0.1 * largestOf(expected);
    const actual = Float64Array.from(gradient.subarray(offset, offset + size), (value) => value * scale);
    expect(
      farOff(slice, actual, () => 1e-5 * largest),
      name,
    ).toBeUndefined();
  }
}

function expectGolden(kernels: Kernels, golden: Golden): void {
  const tensors = tf.memory().numTensors;
  const parameters = tf.tensor1d(golden.parameters);
  const result = sequenceNllAndGradient(kernels, golden.spec, parameters, golden.batch);
  expectNll(golden, result.nll.dataSync<'float32'>());
  // Goldens hold the gradient of the sum, the kernel that of the mean.
  expectGradient(golden, result.gradient.dataSync<'float32'>(), golden.nll.length);
  tf.dispose([parameters, result]);
  expect(tf.memory().numTensors).toBe(tensors);
}

it.each(UNITS)('$name has goldens, with both outputs in two sizes', ({ name }) => {
  const own = goldens.filter(({ spec }) => spec.unit.name === name);
  const cases = own.map(({ spec }) => `${spec.output.kind} ${spec.hiddenSize}`).sort();
  expect(cases, `\`npm run make:goldens -- ${name}\` writes them: test/goldens/README.md`).toEqual([
    'bernoulli 5',
    'bernoulli 8',
    'mixture 5',
    'mixture 8',
  ]);
});

const isOfPaper = ({ spec }: Golden) => PAPER_UNITS.includes(spec.unit);
const ofPaper = goldens.filter(isOfPaper);
const ofOthers = goldens.filter((golden) => !isOfPaper(golden));

describe.each(['tensorflow', 'wasm', 'cpu'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    await startBackend(backend, 1);
  });

  describe.each(ALL_KERNELS)('$label', ({ kernels }) => {
    it.each(ofPaper)('$name: NLL to 1e-5, gradient to 1e-5 of its largest entry', (golden) => {
      expectGolden(kernels, golden);
    });

    it.each(ofPaper)('$name: the same forward alone, and through tf.grad', (golden) => {
      const tensors = tf.memory().numTensors;
      const parameters = tf.tensor1d(golden.parameters);
      const nll = tf.tidy(() => sequenceNll(kernels, golden.spec, parameters, golden.batch));
      expectNll(golden, nll.dataSync<'float32'>());
      const sumOfNll = (p: tf.Tensor) =>
        tf.sum(sequenceNll(kernels, golden.spec, p as tf.Tensor1D, golden.batch));
      const gradient = tf.tidy(() => tf.grad(sumOfNll)(parameters));
      expectGradient(golden, gradient.dataSync<'float32'>(), 1);
      tf.dispose([parameters, nll, gradient]);
      expect(tf.memory().numTensors).toBe(tensors);
    });
  });

  // Beside what the paper's show, a backend has to do another unit's operations right.
  it.each(ofOthers.filter(({ name }) => name.endsWith('mixture-8')))(
    'composed, $name: the same',
    (golden) => {
      expectGolden(COMPOSED, golden);
    },
  );
});

describe.each(ofOthers)('$name: NLL to 1e-5, gradient to 1e-5 of its largest entry', (golden) => {
  const kernels = ALL_KERNELS.filter((one) => one.kernels.name === 'composed' || one.kernels.threads === 1);

  beforeAll(async () => {
    await startBackend('cpu', 1);
  });

  // Whether more threads give the same bits is seen in units.test.ts.
  it.each(kernels)('$label', (one) => {
    expectGolden(one.kernels, golden);
  });
});

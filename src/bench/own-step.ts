import type { Batch } from '../data/batch.js';
import type { FusedKernels, Kernels } from '../kernels/choice.js';
import { batchArguments, settingsArguments, type UpdatedVectors } from '../kernels/engine.js';
import { engineOf } from '../kernels/engines.js';
import { modelArgumentFor } from '../kernels/native.js';
import { initialParameters } from '../model/initialise.js';
import { parameterSlices } from '../model/spec.js';
import { Learner } from '../training/learner.js';
import { trainingSchema } from '../training/options.js';
import { milliseconds, type Program } from './interleave.js';
import { type Workload, workloadSpec } from './workloads.js';

const LEARNING_RATE = 1e-3;
const SEED = 1;

/** The paper's protocol; epochs and batch size play no part in a single step. */
const OPTIONS = trainingSchema.parse({
  epochs: 1,
  batchSize: 1,
  learningRate: LEARNING_RATE,
  schedule: 'constant',
  seed: SEED,
});

/** A program that does one whole training step at each call, and frees what it holds. */
export interface StepProgram {
  step(): void;
  dispose(): void;
}

/** The parameters that all programs start from. */
export function startingParameters(workload: Workload): Float32Array {
  return initialParameters(workloadSpec(workload), SEED, OPTIONS.initialBound);
}

/** The step as `train` does it: weight noise, forward, gradient, rescaling, RMSProp, NLL read back. */
export function ownStep(kernels: Kernels, workload: Workload, batch: Batch): StepProgram {
  return stepFrom(startingParameters(workload), LEARNING_RATE, kernels, workload, batch);
}

/** The same, to be timed; under the name of the kernels. */
export function ownProgram(kernels: Kernels, workload: Workload, batch: Batch): Program {
  const { step, dispose } = ownStep(kernels, workload, batch);
  return {
    name: kernels.name === 'fused' ? kernels.simd : kernels.name,
    run: async (steps) => Array.from({ length: steps }, () => milliseconds(step)),
    close: dispose,
  };
}

/** The same step with output weights, and so gradients of the hidden state, that are denormal numbers. */
export function denormalStep(kernels: Kernels, workload: Workload, batch: Batch): StepProgram {
  const parameters = startingParameters(workload);
  const DENORMAL = 1e-39;
  for (const { name, offset, size } of parameterSlices(workloadSpec(workload)))
    if (name === 'output.W') parameters.fill(DENORMAL, offset, offset + size);
  return stepFrom(parameters, 0, kernels, workload, batch);
}

function stepFrom(
  parameters: Float32Array,
  learningRate: number,
  kernels: Kernels,
  workload: Workload,
  batch: Batch,
): StepProgram {
  const learner = new Learner(kernels, workloadSpec(workload), OPTIONS, { parameters });
  let update = 0;
  return {
    step: () => void learner.update(batch, { epoch: 1, update: update++ }, learningRate),
    dispose: () => learner.dispose(),
  };
}

/** The same kernels called without TensorFlow.js: what is left of a step's time is TensorFlow.js's share. */
export function bareStep(kernels: FusedKernels, workload: Workload, batch: Batch): StepProgram {
  const engine = engineOf(kernels.simd);
  const path = engine.paths.indexOf(kernels.simd);
  const model = modelArgumentFor(engine, kernels.simd, workloadSpec(workload));
  const initial = startingParameters(workload);
  let current: UpdatedVectors<Float32Array> = [
    initial,
    new Float32Array(initial.length),
    new Float32Array(initial.length),
  ];
  let next: UpdatedVectors<Float32Array> = [initial.slice(), initial.slice(), initial.slice()];
  const nll = new Float64Array(batch.sequences);
  let update = 0;
  const step = () => {
    engine.update(
      path,
      1,
      model,
      ...batchArguments(batch),
      nll,
      ...current,
      ...next,
      ...settingsArguments(
        { ...OPTIONS, learningRate: LEARNING_RATE },
        { seed: SEED, epoch: 1, update: update++ },
      ),
    );
    [current, next] = [next, current];
  };
  return { step, dispose() {} };
}

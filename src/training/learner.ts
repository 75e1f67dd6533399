import * as tf from '@tensorflow/tfjs-core';
import type { Batch } from '../data/batch.js';
import type { FusedKernels, Kernels } from '../kernels/choice.js';
import type { UpdatedVectors } from '../kernels/engine.js';
import { fusedUpdate } from '../kernels/fused.js';
import { sequenceNllAndGradient } from '../kernels/sequence-nll.js';
import { noisyParameters } from '../kernels/weight-noise.js';
import type { ModelSpec } from '../model/spec.js';
import type { Trained, Update, UpdateDraw } from './epochs.js';
import { batchNll } from './evaluate.js';
import type { TrainingOptions } from './options.js';
import { RmsPropMomentum } from './rmsprop-momentum.js';
import type { LearnerState } from './run-folder.js';

/** The parameters as a TensorFlow.js variable, and the optimiser that changes them. */
export class Learner implements Trained {
  readonly parameters: tf.Variable<tf.Rank.R1>;
  private readonly optimiser: RmsPropMomentum;
  /** Where fused kernels write the next vectors: the arrays of those before the last. */
  private spare: UpdatedVectors<Float32Array> | undefined;

  constructor(
    private readonly kernels: Kernels,
    private readonly spec: ModelSpec,
    private readonly options: TrainingOptions,
    state: LearnerState,
  ) {
    this.parameters = tf.tidy(() => tf.variable(tf.tensor1d(state.parameters)));
    this.optimiser = new RmsPropMomentum(this.parameters, options, state.optimiser);
  }

  /**
   * One update: the gradient of the batch's mean NLL at the noisy weights, applied to the weights without
   * noise.
   *
   * @throws Failure where the memory would not do
   */
  update(batch: Batch, draw: UpdateDraw, learningRate: number): Update {
    const { kernels } = this;
    return tf.tidy(() =>
      kernels.name === 'fused'
        ? this.fusedUpdate(kernels, batch, draw, learningRate)
        : this.composedUpdate(kernels, batch, draw, learningRate),
    );
  }

  /** NLL of each sequence of a batch without weight noise, nats. */
  evaluate(batch: Batch): Float32Array {
    return batchNll(this.kernels, this.spec, this.parameters, batch);
  }

  private fusedUpdate(kernels: FusedKernels, batch: Batch, draw: UpdateDraw, learningRate: number): Update {
    const { spec, options, optimiser } = this;
    const variables = [
      this.parameters,
      optimiser.vectors['optimiser.E'],
      optimiser.vectors['optimiser.v'],
    ] as const;
    const values = variables.map((variable) => variable.dataSync<'float32'>());
    const into = this.spare ?? asVectors(values.map(({ length }) => new Float32Array(length)));
    const settings = { ...options, learningRate };
    const { nll, gradientNorm, next } = fusedUpdate(variables, {
      kernels,
      spec,
      batch,
      settings,
      draw: { seed: options.seed, ...draw },
      into,
    });
    if (next) {
      for (const [i, variable] of variables.entries()) variable.assign(next[i]);
      // Assigned anew, the variables no longer own what they held: it takes the values of the next update.
      this.spare = asVectors(values);
    }
    return { nll: nll.dataSync<'float32'>(), gradientNorm };
  }

  private composedUpdate(kernels: Kernels, batch: Batch, draw: UpdateDraw, learningRate: number): Update {
    const { spec, optimiser } = this;
    const { nll, gradient } = sequenceNllAndGradient(kernels, spec, this.noisyParameters(draw), batch);
    optimiser.learningRate = learningRate;
    optimiser.applyGradients({ [this.parameters.name]: gradient });
    return { nll: nll.dataSync<'float32'>(), gradientNorm: optimiser.gradientNorm };
  }

  private noisyParameters(draw: UpdateDraw): tf.Tensor1D {
    const { weightNoise: deviation, seed } = this.options;
    if (deviation === 0) return this.parameters;
    return noisyParameters(this.spec, this.parameters, deviation, { seed, ...draw });
  }

  /** A copy of all that the next update depends on. */
  state(): Required<LearnerState> {
    const parameters = this.parameters.dataSync<'float32'>().slice();
    return { parameters, optimiser: this.optimiser.state() };
  }

  dispose(): void {
    this.parameters.dispose();
    this.optimiser.dispose();
  }
}

function asVectors([
  parameters,
  meanSquare,
  velocity,
]: readonly Float32Array[]): UpdatedVectors<Float32Array> {
  return [parameters, meanSquare, velocity];
}

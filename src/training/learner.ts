import * as tf from '@tensorflow/tfjs-core';
import type { Batch } from '../data/batch.js';
import type { Kernels } from '../kernels/choice.js';
import { sequenceNllAndGradient } from '../kernels/sequence-nll.js';
import { noisyParameters } from '../kernels/weight-noise.js';
import type { ModelSpec } from '../model/spec.js';
import type { Draw } from '../random/draws.js';
import type { Trained } from './epochs.js';
import { batchNll } from './evaluate.js';
import type { TrainingOptions } from './options.js';
import { RmsPropMomentum } from './rmsprop-momentum.js';
import type { LearnerState } from './run-folder.js';

/** The parameters as a TensorFlow.js variable, and the optimiser that changes them. */
export class Learner implements Trained {
  readonly parameters: tf.Variable<tf.Rank.R1>;
  private readonly optimiser: RmsPropMomentum;
  /** Memory of the noisy parameters and of the gradient, the same for all updates. */
  private readonly noisy: Float32Array;
  private readonly gradient: Float32Array;

  constructor(
    private readonly kernels: Kernels,
    private readonly spec: ModelSpec,
    private readonly options: TrainingOptions,
    state: LearnerState,
  ) {
    this.parameters = tf.tidy(() => tf.variable(tf.tensor1d(state.parameters)));
    this.noisy = new Float32Array(this.parameters.size);
    this.gradient = new Float32Array(this.parameters.size);
    this.optimiser = new RmsPropMomentum(kernels, this.parameters, options, state.optimiser);
  }

  /**
   * One update: the gradient of the batch's mean NLL at the noisy weights, applied to the weights without
   * noise.
   *
   * @returns NLL of each sequence, nats, and the gradient's norm before rescaling; a norm that is not finite
   *   means that the update was skipped
   */
  update(
    batch: Batch,
    draw: Pick<Draw, 'epoch' | 'update'>,
    learningRate: number,
  ): { nll: Float32Array; gradientNorm: number } {
    const { kernels, spec } = this;
    let nll: Float32Array = new Float32Array();
    tf.tidy(() => {
      const result = sequenceNllAndGradient(kernels, spec, this.noisyParameters(draw), batch, this.gradient);
      this.optimiser.learningRate = learningRate;
      this.optimiser.applyGradients({ [this.parameters.name]: result.gradient });
      nll = result.nll.dataSync<'float32'>();
    });
    return { nll, gradientNorm: this.optimiser.gradientNorm };
  }

  /** NLL of each sequence of a batch without weight noise, nats. */
  evaluate(batch: Batch): Float32Array {
    return batchNll(this.kernels, this.spec, this.parameters, batch);
  }

  private noisyParameters(draw: Pick<Draw, 'epoch' | 'update'>): tf.Tensor1D {
    const { weightNoise: deviation, seed } = this.options;
    if (deviation === 0) return this.parameters;
    return noisyParameters(
      this.kernels,
      this.spec,
      this.parameters,
      deviation,
      { seed, ...draw },
      this.noisy,
    );
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

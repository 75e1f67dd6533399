import * as tf from '@tensorflow/tfjs-core';
import type { Batch } from '../data/batch.js';
import { sequenceNllAndGradient } from '../kernels/sequence-nll.js';
import type { ModelSpec } from '../model/spec.js';
import type { Draw } from '../random/draws.js';
import type { TrainingOptions } from './options.js';
import { RmsPropMomentum } from './rmsprop-momentum.js';
import type { LearnerState } from './run-folder.js';
import { weightNoise } from './weight-noise.js';

/** The parameters as a TensorFlow.js variable, and the optimiser that changes them. */
export class Learner {
  readonly parameters: tf.Variable<tf.Rank.R1>;
  private readonly optimiser: RmsPropMomentum;

  constructor(
    private readonly spec: ModelSpec,
    private readonly options: TrainingOptions,
    state: LearnerState,
  ) {
    this.parameters = tf.tidy(() => tf.variable(tf.tensor1d(state.parameters)));
    this.optimiser = new RmsPropMomentum(this.parameters, options);
    tf.tidy(() => {
      this.optimiser.meanSquare.assign(tf.tensor1d(state.meanSquare));
      this.optimiser.velocity.assign(tf.tensor1d(state.velocity));
    });
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
    return tf.tidy(() => {
      const { nll, gradient } = sequenceNllAndGradient(this.spec, this.noisyParameters(draw), batch);
      this.optimiser.learningRate = learningRate;
      this.optimiser.applyGradients({ [this.parameters.name]: gradient });
      return { nll: nll.dataSync<'float32'>(), gradientNorm: this.optimiser.gradientNorm };
    });
  }

  private noisyParameters(draw: Pick<Draw, 'epoch' | 'update'>): tf.Tensor1D {
    const { weightNoise: deviation, seed } = this.options;
    if (deviation === 0) return this.parameters;
    const noise = weightNoise(this.spec, deviation, { seed, ...draw });
    const ofAll = new Float32Array(this.parameters.size);
    ofAll.set(noise);
    return tf.add(this.parameters, tf.tensor1d(ofAll));
  }

  state(): LearnerState {
    return {
      parameters: this.parameters.dataSync<'float32'>(),
      meanSquare: this.optimiser.meanSquare.dataSync<'float32'>(),
      velocity: this.optimiser.velocity.dataSync<'float32'>(),
    };
  }

  dispose(): void {
    this.parameters.dispose();
    this.optimiser.dispose();
  }
}

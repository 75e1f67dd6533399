import * as tf from '@tensorflow/tfjs-core';
import type { UpdateSettings } from '../kernels/engine.js';

export type RmsPropSettings = Omit<UpdateSettings, 'learningRate' | 'weightNoise'>;

/** The optimiser's vectors under their names in a run's state: each as long as θ, 0 before the first update. */
export function eachVector<T>(of: (name: 'optimiser.E' | 'optimiser.v') => T) {
  return { 'optimiser.E': of('optimiser.E'), 'optimiser.v': of('optimiser.v') } as const;
}

export type OptimiserState<T> = ReturnType<typeof eachVector<T>>;

/**
 * RMSProp with momentum on one flat variable (the paper names RMSProp; form and constants are those of the
 * authors' public code):
 *
 *     g ← g · min(1, maximumGradientNorm / ‖g‖)
 *     E ← decay·E + (1−decay)·g²
 *     v ← momentum·v − learningRate · g / max(√E, rmsFloor)
 *     θ ← θ + v
 *
 * A gradient that is not finite changes nothing. The norm is taken in float64, since the squares of a
 * gradient that is finite itself can exceed float32.
 */
export class RmsPropMomentum extends tf.Optimizer {
  static readonly className = 'RmsPropMomentum';

  learningRate = 0;
  /** Norm of the last gradient before it was rescaled; not finite where the update was skipped. */
  gradientNorm = 0;
  readonly vectors: OptimiserState<tf.Variable<tf.Rank.R1>>;

  constructor(
    private readonly parameters: tf.Variable<tf.Rank.R1>,
    private readonly settings: RmsPropSettings,
    state?: OptimiserState<Float32Array>,
  ) {
    super();
    this.vectors = eachVector((name) =>
      tf.tidy(() => tf.variable(state ? tf.tensor1d(state[name]) : tf.zerosLike(parameters), false)),
    );
  }

  /** A copy of the vectors. */
  state(): OptimiserState<Float32Array> {
    return eachVector((name) => this.vectors[name].dataSync<'float32'>().slice());
  }

  /** @param gradients the flat gradient, under the name of the parameters' variable or as the only entry */
  applyGradients(gradients: Record<string, tf.Tensor> | { name: string; tensor: tf.Tensor }[]): void {
    const gradient = Array.isArray(gradients) ? gradients[0].tensor : gradients[this.parameters.name];
    this.gradientNorm = norm(gradient.dataSync());
    if (!Number.isFinite(this.gradientNorm)) return;
    tf.tidy(() => this.step(gradient as tf.Tensor1D));
    this.incrementIterations();
  }

  private step(gradient: tf.Tensor1D): void {
    const { decay, momentum, rmsFloor, maximumGradientNorm } = this.settings;
    const g = tf.mul(gradient, Math.min(1, maximumGradientNorm / this.gradientNorm));
    const { 'optimiser.E': E, 'optimiser.v': v } = this.vectors;
    E.assign(tf.add(tf.mul(E, decay), tf.mul(tf.square(g), 1 - decay)));
    const rms = tf.maximum(tf.sqrt(E), rmsFloor);
    v.assign(tf.sub(tf.mul(v, momentum), tf.mul(tf.div(g, rms), this.learningRate)));
    this.parameters.assign(tf.add(this.parameters, v));
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...this.settings, learningRate: this.learningRate };
  }

  override dispose(): void {
    tf.dispose(this.vectors);
  }
}

function norm(gradient: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < gradient.length; i++) sum += gradient[i] * gradient[i];
  return Math.sqrt(sum);
}

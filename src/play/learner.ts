import type { Batch } from '../data/batch.js';
import { batchArguments, type Engine, modelArgument } from '../kernels/engine.js';
import type { ModelSpec } from '../model/spec.js';
import { type Draw, PURPOSES } from '../random/draws.js';
import type { Trained } from '../training/epochs.js';
import type { TrainingOptions } from '../training/options.js';

/** The only path of a WebAssembly module. */
const PATH = 0;
const THREADS = 1;

/** Parameters, mean square and velocity. */
type OptimiserVectors = [parameters: Float32Array, meanSquare: Float32Array, velocity: Float32Array];

/** The parameters and the optimiser that changes them, in plain arrays, by an engine's kernels. */
export class Learner implements Trained {
  private vectors: OptimiserVectors;
  /** Takes the values of the next step: the arrays of those before the last. */
  private spare: OptimiserVectors;
  private readonly noisy: Float32Array;
  private readonly gradient: Float32Array;
  private readonly model: Int32Array;

  /**
   * @param unit number of the spec's unit in the engine
   * @param initial parameters; the learner takes the array over
   */
  constructor(
    private readonly engine: Engine,
    unit: number,
    spec: ModelSpec,
    private readonly options: TrainingOptions,
    initial: Float32Array,
  ) {
    const zeros = () => new Float32Array(initial.length);
    this.model = modelArgument(unit, spec);
    this.vectors = [initial, zeros(), zeros()];
    this.spare = [zeros(), zeros(), zeros()];
    this.noisy = zeros();
    this.gradient = zeros();
  }

  /** The flat vector; valid until the next update. */
  get parameters(): Float32Array {
    return this.vectors[0];
  }

  /**
   * One update: the gradient of the batch's mean NLL at the noisy weights, applied to the weights without noise.
   *
   * @returns NLL of each sequence, nats, and the gradient's norm before rescaling; a norm that is not finite means
   *   that the update was skipped
   */
  update(
    batch: Batch,
    draw: Pick<Draw, 'epoch' | 'update'>,
    learningRate: number,
  ): { nll: Float32Array; gradientNorm: number } {
    const { decay, momentum, rmsFloor, maximumGradientNorm } = this.options;
    const dy = new Float32Array(batch.sequences).fill(1 / batch.sequences);
    const nll = this.sequenceNll(batch, this.noisyParameters(draw), dy);
    const gradientNorm = this.engine.rmsPropMomentum(
      PATH,
      ...this.vectors,
      this.gradient,
      ...this.spare,
      decay,
      momentum,
      learningRate,
      rmsFloor,
      maximumGradientNorm,
    );
    if (Number.isFinite(gradientNorm)) [this.vectors, this.spare] = [this.spare, this.vectors];
    return { nll, gradientNorm };
  }

  /** NLL of each sequence of a batch without weight noise, nats. */
  evaluate(batch: Batch): Float32Array {
    return this.sequenceNll(batch, this.parameters);
  }

  /** @param dy with it, the gradient of Σ_b dy_b·NLL_b goes to `gradient` */
  private sequenceNll(batch: Batch, parameters: Float32Array, dy?: Float32Array): Float32Array {
    const nll = new Float64Array(batch.sequences);
    const head = [PATH, THREADS, this.model, ...batchArguments(batch), parameters, nll] as const;
    if (dy) this.engine.sequenceNll(...head, dy, this.gradient);
    else this.engine.sequenceNll(...head);
    return Float32Array.from(nll);
  }

  private noisyParameters({ epoch, update }: Pick<Draw, 'epoch' | 'update'>): Float32Array {
    const { weightNoise: deviation, seed } = this.options;
    if (deviation === 0) return this.parameters;
    const { parameters, noisy, model } = this;
    this.engine.weightNoise(
      PATH,
      model,
      parameters,
      noisy,
      deviation,
      seed,
      PURPOSES.weightNoise,
      update,
      epoch,
    );
    return noisy;
  }
}

import type { Batch } from '../data/batch.js';
import {
  batchArguments,
  type Engine,
  modelArgument,
  settingsArguments,
  type UpdatedVectors,
} from '../kernels/engine.js';
import type { ModelSpec } from '../model/spec.js';
import type { Trained, Update, UpdateDraw } from '../training/epochs.js';
import type { TrainingOptions } from '../training/options.js';

/** The only path of a WebAssembly module. */
const PATH = 0;
const THREADS = 1;

/** The parameters and the optimiser that changes them, in plain arrays, by an engine's kernels. */
export class Learner implements Trained {
  private vectors: UpdatedVectors<Float32Array>;
  /** Takes the values of the next step: the arrays of those before the last. */
  private spare: UpdatedVectors<Float32Array>;
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
  }

  /** The flat vector; valid until the next update. */
  get parameters(): Float32Array {
    return this.vectors[0];
  }

  /** One update: the gradient of the batch's mean NLL at the noisy weights, applied to the weights without noise. */
  update(batch: Batch, draw: UpdateDraw, learningRate: number): Update {
    const nll = new Float64Array(batch.sequences);
    const gradientNorm = this.engine.update(
      PATH,
      THREADS,
      this.model,
      ...batchArguments(batch),
      nll,
      ...this.vectors,
      ...this.spare,
      ...settingsArguments({ ...this.options, learningRate }, { seed: this.options.seed, ...draw }),
    );
    if (Number.isFinite(gradientNorm)) [this.vectors, this.spare] = [this.spare, this.vectors];
    return { nll: Float32Array.from(nll), gradientNorm };
  }

  /** NLL of each sequence of a batch without weight noise, nats. */
  evaluate(batch: Batch): Float32Array {
    const nll = new Float64Array(batch.sequences);
    this.engine.sequenceNll(PATH, THREADS, this.model, ...batchArguments(batch), this.parameters, nll);
    return Float32Array.from(nll);
  }
}

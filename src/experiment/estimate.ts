import { packBatch } from '../data/batch.js';
import { SPLITS } from '../data/sequence.js';
import { chooseKernels } from '../kernels/choice.js';
import { initialParameters } from '../model/initialise.js';
import { parameterCount } from '../model/spec.js';
import { startBackend } from '../platform/backend.js';
import { evaluate, packForEvaluation } from '../training/evaluate.js';
import { Learner } from '../training/learner.js';
import { trainingSchema } from '../training/options.js';
import { epochsLeft, type PlannedTrial, type TrialProgress } from './plan.js';
import type { Experiment, ExperimentCell } from './reproduce.js';

export interface Estimate {
  readonly cell: ExperimentCell;
  /** Training and evaluation. */
  readonly secondsAnEpoch: number;
  /** At most: if no run stops early. */
  readonly epochsLeft: number;
}

/** Seconds that each half of a cell's measurement takes, about. */
const MEASURE_FOR = 0.3;

/** Measures a few updates and evaluations of each cell. */
export async function estimateSeconds(
  { cells }: Experiment,
  progressOf: (trial: PlannedTrial) => TrialProgress,
): Promise<Estimate[]> {
  const estimates: Estimate[] = [];
  for (const cell of cells) {
    const left = epochsLeft(cell, cell.request.epochs, progressOf);
    estimates.push({ cell, epochsLeft: left, secondsAnEpoch: left === 0 ? 0 : await measureEpoch(cell) });
  }
  return estimates;
}

async function measureEpoch({ data, spec, request }: ExperimentCell): Promise<number> {
  await startBackend(request.backend, request.threads);
  const kernels = chooseKernels(request.kernels, request.threads);
  const options = trainingSchema.strip().parse(request);
  const zeros = () => new Float32Array(parameterCount(spec));
  const parameters = initialParameters(spec, options.seed, options.initialBound);
  const learner = new Learner(kernels, spec, options, { parameters, meanSquare: zeros(), velocity: zeros() });
  const { train } = data.splits;
  try {
    const batches = Array.from(
      { length: Math.ceil(train.length / options.batchSize) },
      (_, i) => () => packBatch(train.slice(i * options.batchSize, (i + 1) * options.batchSize)),
    );
    const training = timeOfAll(batches, (batch) => learner.update(batch, { epoch: 1, update: 0 }, 0));
    const evaluation = timeOfAll(
      SPLITS.flatMap((split) => packForEvaluation(data.splits[split])).map((batch) => () => batch),
      (batch) => evaluate(kernels, spec, learner.parameters, [batch]),
    );
    return training + evaluation;
  } finally {
    learner.dispose();
  }
}

/** Seconds that all batches would take, from as many as a short time allows, spread over them. */
function timeOfAll<Batch extends { frames: number }>(
  batches: readonly (() => Batch)[],
  run: (batch: Batch) => void,
): number {
  const STEP = 7;
  run(batches[0]());
  let [frames, all, seconds] = [0, 0, 0];
  for (const make of batches) all += make().frames;
  for (let i = 0; i < batches.length && seconds < MEASURE_FOR; i++) {
    const start = performance.now();
    const batch = batches[(i * STEP) % batches.length]();
    run(batch);
    seconds += (performance.now() - start) / 1000;
    frames += batch.frames;
  }
  return (seconds * all) / frames;
}

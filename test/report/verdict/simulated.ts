import { datasetPlanSchema } from '../../../src/experiment/config.js';
import type { DatasetRecord } from '../../../src/experiment/records.js';
import type { ResultRow } from '../../../src/experiment/results-file.js';
import type { SequenceNllRow } from '../../../src/experiment/sequence-nlls.js';
import { testNllsOf } from '../../../src/experiment/sequence-nlls.js';
import { type UnitData, unitData } from '../../../src/model/graph/unit-data.js';
import { UNITS, unitNamed } from '../../../src/model/units/registry.js';
import { normal } from '../../../src/random/draws.js';
import { averages, type CellFindings, type Findings } from '../../../src/report/findings.js';
import { unitTitles } from '../../../src/report/unit-title.js';

/** Frames that every sequence has predicted. */
const FRAMES = 50;

export interface Simulation {
  readonly units: readonly string[];
  readonly seeds: number;
  readonly sequences: number;
  readonly draws?: number;
  /** The unit that each other is compared with. */
  readonly baseline?: string;
  /** NLL per frame of a sequence, nats. @param unit its place @param seed from 1 @param sequence from 0 */
  nll(unit: number, seed: number, sequence: number): number;
  /** Changes to a trial's row. */
  row?(unit: number, seed: number): Partial<ResultRow>;
}

/** Of an own unit those of the GRU, without a title. */
function equationsOf(name: string): UnitData {
  const known = UNITS.find((unit) => unit.name === name);
  return known ? unitData(known) : { ...unitData(unitNamed('gru')), name, title: '' };
}

/** What an experiment on one data set would have found. */
export function simulated({ units, seeds, sequences, draws = 1, baseline, nll, row }: Simulation): Findings {
  const plan = datasetPlanSchema.parse({
    ...{ name: 'set', dataset: '/data/set', seed: 1, seeds },
    search: { draws },
    baseline,
  });
  const split = { sequences: 10, frames: 10 * (FRAMES + 1), meanLength: FRAMES + 1 };
  const statistics = { train: split, valid: split, test: { ...split, sequences } };
  const record: DatasetRecord = {
    plan: { ...plan, units: units as typeof plan.units, equations: units.map(equationsOf) },
    kind: 'music',
    sha256: '',
    statistics,
  };
  const sequenceNlls: SequenceNllRow[] = [];
  const cells = units.map((unit, u): CellFindings => {
    const reported = Array.from({ length: seeds }, (_, s): ResultRow => {
      const seed = s + 1;
      const own = Array.from({ length: sequences }, (__, q) => ({
        ...{ dataset: 'set', unit, draw: 1, seed, sequence: q + 1 },
        ...{ predicted_frames: FRAMES, nll: FRAMES * nll(u, seed, q) },
      }));
      sequenceNlls.push(...own);
      return { ...trial(unit, 1, seed), ...testNllsOf(own), ...row?.(u, seed) };
    });
    const others = Array.from({ length: draws - 1 }, (_, i) => trial(unit, i + 2, 1));
    const search = [reported[0], ...others];
    return {
      ...{ record, dataset: 'set', unit, search, reported },
      nll: averages(reported),
      ...{ curve: [], furtherCurves: [], open: 0 },
    };
  });
  return {
    ...{ folder: '', results: [], reevaluation: [], cells, sequenceNlls },
    unitTitle: unitTitles([record.plan]),
    experiment: {
      ...{ datasets: [record], versions: [], machines: [], backends: [], kernels: [] },
      trainingSeconds: 0,
    },
  };
}

/** Learning rates rise from draw to draw, and validation NLLs too. */
function trial(unit: string, draw: number, seed: number): ResultRow {
  const nlls = { train_nll: 3, test_nll: 4, train_nll_per_sequence: 3, test_nll_per_sequence: 4 };
  return {
    ...{ dataset: 'set', unit, draw, seed },
    ...{ learning_rate: 1e-4 * draw, epochs: 60, best_epoch: 10, status: 'patience' },
    ...nlls,
    ...{ valid_nll: 3 + draw, valid_nll_per_sequence: 3 + draw },
    ...{ seconds_an_epoch: 1, skipped_updates: 0 },
  };
}

/** Standard normal deviates, another stretch for each experiment. */
export function noise(experiment: number, count: number): () => number {
  const values = normal(
    { seed: 7, purpose: 'sample', epoch: experiment, update: 0 },
    new Float64Array(count),
  );
  let next = 0;
  return () => values[next++ % count];
}

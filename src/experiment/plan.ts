import { join } from 'node:path';
import type { Unit } from '../model/graph/define-unit.js';
import { unitHash } from '../model/graph/unit-hash.js';
import { recordedUnit } from '../model/recorded-unit.js';
import { paperSpec, type Size } from '../model/spec.js';
import { UNIT_NAMES, unitNamed } from '../model/units/registry.js';
import type { CurveRow } from '../training/curve.js';
import {
  completeRequest,
  requestSchema,
  type TrainingRequestFields,
  withoutUndefined,
} from '../training/request.js';
import type { Expected } from '../training/run.js';
import type { RunResult } from '../training/run-result.js';
import type { DatasetPlan } from './config.js';
import { drawnOptions } from './draws.js';
import { identityOf } from './identity.js';
import type { DrawnOptions } from './search-space.js';

/** The unit of a name in a plan. @throws Misuse where it has other equations here than the plan has */
export function unitOfPlan({ equations }: DatasetPlan, name: string): Unit {
  const data = equations?.find((one) => one.name === name);
  return data ? recordedUnit(data) : unitNamed(name);
}

/** How large a unit of a plan is to be. */
export function sizeOfPlan({ hiddenUnits, parameters }: DatasetPlan, unit: string): Size {
  return Object.hasOwn(hiddenUnits, unit) ? { hidden: hiddenUnits[unit] } : { parameters };
}

/** `search`: one draw. `seed`: the best one again, with another seed. `short`: what `check` repeats. */
export type Purpose = 'search' | 'seed' | 'short';

export interface PlannedTrial {
  /** The data set's name in the experiment. */
  readonly dataset: string;
  readonly unit: string;
  readonly purpose: Purpose;
  /** Number of the draw, from 1. */
  readonly draw: number;
  readonly seed: number;
  /** What was drawn; of a short run the learning rate, which is fixed. */
  readonly drawn: DrawnOptions;
  /**
   * Its run folder, below the folder of the trials. Where the plan has a basis, its name ends in the trial's identity:
   * two plans lead to one folder only if the trial has the same numbers in both.
   */
  readonly path: string;
  /** Complete where the plan has a basis. */
  readonly request: TrainingRequestFields;
  /** Of a run that goes to its end; not known without a basis. */
  readonly epochs?: number;
  /** What it has to find where it is trained; not known without a basis. */
  readonly expected?: Expected;
}

/** One data set × one unit: a cell of Table 2. */
export interface Cell {
  readonly plan: DatasetPlan;
  readonly unit: string;
  readonly search: readonly PlannedTrial[];
  readonly short: PlannedTrial;
  readonly place: Placing;
}

export function cellsOf(plan: DatasetPlan): Cell[] {
  const draws = drawnOptions(plan);
  return plan.units.map((unit) => {
    const place = placing(plan, unit);
    const trial = (drawn: DrawnOptions, i: number) =>
      drawnTrial(plan, unit, { draw: i + 1, drawn, seed: plan.seed }, place);
    return { plan, unit, search: draws.map(trial), short: shortTrial(plan, unit, place), place };
  });
}

/** The further runs of a cell once its best draw is known. */
export function seedTrials({ plan, unit, place }: Cell, { draw, drawn }: PlannedTrial): PlannedTrial[] {
  return Array.from({ length: plan.seeds - 1 }, (_, i) =>
    drawnTrial(plan, unit, { draw, drawn, seed: plan.seed + i + 1 }, place),
  );
}

function drawnTrial(
  plan: DatasetPlan,
  unit: string,
  { draw, drawn, seed }: Pick<PlannedTrial, 'draw' | 'drawn' | 'seed'>,
  place: Placing,
): PlannedTrial {
  const isSearch = seed === plan.seed;
  const number = String(draw).padStart(2, '0');
  const request = requestOf(plan, unit, { ...drawn, seed });
  return {
    dataset: plan.name,
    unit,
    purpose: isSearch ? 'search' : 'seed',
    draw,
    seed,
    drawn,
    ...place(isSearch ? `draw-${number}` : `draw-${number}-seed-${seed}`, request),
  };
}

/** The learning rate of the short run: in the middle of those that the paper's search ends at. */
const SHORT_RUN_RATE = 1e-3;

function shortTrial(plan: DatasetPlan, unit: string, place: Placing): PlannedTrial {
  const { seed, shortRun, training } = plan;
  const drawn = { learningRate: SHORT_RUN_RATE };
  // Its learning rate falls over its own epochs.
  const { scheduleEpochs, ...ofAll } = training;
  const request = requestOf({ ...plan, training: ofAll }, unit, { ...drawn, seed, ...shortRun });
  return {
    dataset: plan.name,
    unit,
    purpose: 'short',
    draw: 0,
    seed,
    drawn,
    ...place('short', request),
  };
}

function requestOf(
  plan: DatasetPlan,
  unit: string,
  own: DrawnOptions & Pick<TrainingRequestFields, 'seed' | 'epochs' | 'maxSequences'>,
): TrainingRequestFields {
  const { dataset, training, equations } = plan;
  const isOwn = !UNIT_NAMES.includes(unit);
  return {
    ...training,
    dataset,
    model: unit,
    ...(isOwn && { equations: equations?.find(({ name }) => name === unit) }),
    ...withoutUndefined(sizeOfPlan(plan, unit)),
    ...own,
  };
}

/** What a plan with a basis adds to a trial's fields. */
type Placed = Pick<PlannedTrial, 'path' | 'request' | 'epochs' | 'expected'>;

/** Gives a trial of a cell its folder, and the rest of its request. */
export type Placing = (name: string, request: TrainingRequestFields) => Placed;

function placing(plan: DatasetPlan, unit: string): Placing {
  const { basis, name: dataset } = plan;
  if (basis === undefined) return (name, request) => ({ path: join(dataset, unit, name), request });
  const kernels = basis.kernels[unit];
  const spec = paperSpec(basis.kind, unitOfPlan(plan, unit), sizeOfPlan(plan, unit));
  const content = { unit: unitHash(spec.unit), hiddenSize: spec.hiddenSize, kernels };
  return (name, fields) => {
    const request = completeRequest(requestSchema.parse(fields), basis.kind);
    const { epochs, maxSequences } = request;
    // Of what the experiment trains on, a short run may take a part.
    const isPart = maxSequences !== plan.training.maxSequences;
    const sequences = isPart ? `${basis.sequences}, ${maxSequences}` : basis.sequences;
    const identity = identityOf({ ...content, sequences, request });
    return {
      path: join(dataset, unit, `${name}-${identity}`),
      request,
      epochs,
      expected: { kernels, ...(!isPart && { sequences }) },
    };
  };
}

/** How far a trial is. */
export interface TrialProgress {
  readonly curve: readonly CurveRow[];
  /** Absent while the run has not ended. */
  readonly ending?: RunResult['ending'];
}

/** A trial to train, and how far. */
export interface Task {
  readonly trial: PlannedTrial;
  /** Absent: to its end. */
  readonly untilEpoch?: number;
}

/** Looks up how far a trial is. */
export type ProgressOf = (trial: PlannedTrial) => TrialProgress;

/**
 * What can be trained now for a cell: the draws up to the next rung, else those that are left to their
 * end, else the winner's further seeds. Depends on nothing but the trials' curves.
 */
export function openTasks(cell: Cell, progressOf: ProgressOf): Task[] {
  const open = (trials: readonly PlannedTrial[], untilEpoch?: number): Task[] =>
    trials
      .filter((trial) => !hasReached(progressOf(trial), untilEpoch))
      .map((trial) => ({ trial, untilEpoch }));
  const short = open([cell.short]);
  const { rungs } = cell.plan.search;
  for (const [i, { epochs }] of rungs.entries()) {
    const tasks = open(survivors(cell, i, progressOf), epochs);
    if (tasks.length > 0) return [...short, ...tasks];
  }
  const last = open(finalists(cell, progressOf));
  if (last.length > 0) return [...short, ...last];
  const winner = winnerOf(cell, progressOf);
  return winner ? [...short, ...open(seedTrials(cell, winner))] : short;
}

/** The draws that passed the first `rungs` rungs. */
function survivors(cell: Cell, rungs: number, progressOf: ProgressOf): PlannedTrial[] {
  return cell.plan.search.rungs
    .slice(0, rungs)
    .reduce<PlannedTrial[]>(
      (left, { epochs, keep }) => best(left, epochs, progressOf).slice(0, keep),
      [...cell.search],
    );
}

/** The draws that passed all rungs, or would as the trials stand now. */
const finalists = (cell: Cell, progressOf: ProgressOf): PlannedTrial[] =>
  survivors(cell, cell.plan.search.rungs.length, progressOf);

/** The draw with the best validation NLL per frame; none before all that passed the rungs have ended. */
export function winnerOf(cell: Cell, progressOf: ProgressOf): PlannedTrial | undefined {
  const isOver = finalists(cell, progressOf).every((trial) => progressOf(trial).ending !== undefined);
  return isOver ? likelyWinner(cell, progressOf) : undefined;
}

/** The draw whose further seeds are most likely to be wanted: the winner, or the best so far where that is open. */
function likelyWinner(cell: Cell, progressOf: ProgressOf): PlannedTrial | undefined {
  return best(finalists(cell, progressOf), Number.POSITIVE_INFINITY, progressOf)[0];
}

/** The draws that are left behind, each with the epochs of the rung that it does not pass. */
export function leftBehind(cell: Cell, progressOf: ProgressOf): ReadonlyMap<PlannedTrial, number> {
  const left = new Map<PlannedTrial, number>();
  for (const [i, { epochs }] of cell.plan.search.rungs.entries()) {
    // Before all have reached it, the rung is open.
    if (!survivors(cell, i, progressOf).every((trial) => hasReached(progressOf(trial), epochs))) break;
    const passed = new Set(survivors(cell, i + 1, progressOf));
    for (const trial of cell.search) if (!passed.has(trial) && !left.has(trial)) left.set(trial, epochs);
  }
  return left;
}

function hasReached({ curve, ending }: TrialProgress, epoch?: number): boolean {
  return ending !== undefined || (epoch !== undefined && curve.length >= epoch);
}

/** Those that finished an epoch, the lowest validation NLL in the first epochs first. */
function best(trials: readonly PlannedTrial[], untilEpoch: number, progressOf: ProgressOf): PlannedTrial[] {
  const lowest = (trial: PlannedTrial) =>
    progressOf(trial)
      .curve.filter(({ epoch }) => epoch <= untilEpoch)
      .reduce((least, { valid_nll }) => Math.min(least, valid_nll), Number.POSITIVE_INFINITY);
  return trials
    .map((trial) => ({ trial, nll: lowest(trial) }))
    .filter(({ nll }) => Number.isFinite(nll))
    .sort((a, b) => a.nll - b.nll || a.trial.draw - b.trial.draw)
    .map(({ trial }) => trial);
}

/** Epochs that each trial of a cell still needs; a phase begins once all trials of the one before are done. */
export type Phases = readonly (readonly number[])[];

/**
 * What a cell still needs if no run stops early: the search to each rung and to its end, then the winner's further
 * seeds. Draws that are furthest count as those that go on, and the best so far as the winner.
 *
 * @param epochs of a run that goes to its end
 */
export function phasesLeft(cell: Cell, epochs: number, progressOf: ProgressOf): Phases {
  const { rungs, draws } = cell.plan.search;
  const left = (trial: PlannedTrial, from: number, to: number) => {
    const progress = progressOf(trial);
    return hasReached(progress, to) ? 0 : Math.max(to - Math.max(progress.curve.length, from), 0);
  };
  const furthestFirst = [...cell.search].sort(
    (a, b) => progressOf(b).curve.length - progressOf(a).curve.length || a.draw - b.draw,
  );
  const targets = [...rungs.map((rung) => Math.min(rung.epochs, epochs)), epochs];
  const search = targets.map((target, i) =>
    furthestFirst
      .slice(0, i === 0 ? draws : rungs[i - 1].keep)
      .map((trial) => left(trial, i === 0 ? 0 : targets[i - 1], target)),
  );
  const winner = likelyWinner(cell, progressOf);
  const seeds = winner
    ? seedTrials(cell, winner).map((trial) => left(trial, 0, epochs))
    : Array.from({ length: cell.plan.seeds - 1 }, () => epochs);
  return [...search, seeds];
}

/** Epochs that a cell still needs if no run stops early. */
export function epochsLeft(cell: Cell, epochs: number, progressOf: ProgressOf): number {
  return phasesLeft(cell, epochs, progressOf)
    .flat()
    .reduce((sum, value) => sum + value, 0);
}

/** How many of a cell's trials are there, and how many are not. */
export interface TrialCounts {
  /** Those that need no more epochs. */
  readonly done: number;
  /** Those that have begun. */
  readonly begun: number;
  readonly new: number;
}

/** Counts the trials of a cell: search, further seeds (of the best draw so far), and the short run. */
export function countTrials(cell: Cell, progressOf: ProgressOf): TrialCounts {
  const winner = likelyWinner(cell, progressOf);
  const left = leftBehind(cell, progressOf);
  const isDone = (trial: PlannedTrial) => progressOf(trial).ending !== undefined || left.has(trial);
  const seeds = winner ? seedTrials(cell, winner) : [];
  const known = [...cell.search, ...seeds, cell.short];
  const done = known.filter(isDone).length;
  const begun = known.filter((trial) => !isDone(trial) && progressOf(trial).curve.length > 0).length;
  return { done, begun, new: cell.search.length + cell.plan.seeds - done - begun };
}

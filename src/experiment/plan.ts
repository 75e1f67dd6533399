import { join } from 'node:path';
import type { Unit } from '../model/graph/define-unit.js';
import { recordedUnit } from '../model/recorded-unit.js';
import type { Size } from '../model/spec.js';
import { UNIT_NAMES, unitNamed } from '../model/units/registry.js';
import type { CurveRow } from '../training/curve.js';
import { type TrainingRequestFields, withoutUndefined } from '../training/request.js';
import type { RunResult } from '../training/run.js';
import type { DatasetPlan } from './config.js';
import { learningRates } from './learning-rates.js';

/** The unit of a name in a plan. @throws Misuse where it has other equations here than the plan has */
export function unitOfPlan({ equations }: DatasetPlan, name: string): Unit {
  const data = equations?.find((one) => one.name === name);
  return data ? recordedUnit(data) : unitNamed(name);
}

/** How large a unit of a plan is to be. */
export function sizeOfPlan({ hiddenUnits, parameters }: DatasetPlan, unit: string): Size {
  return Object.hasOwn(hiddenUnits, unit) ? { hidden: hiddenUnits[unit] } : { parameters };
}

/** `search`: one learning rate. `seed`: the best one again, with another seed. `short`: what `check` repeats. */
export type Purpose = 'search' | 'seed' | 'short';

export interface PlannedTrial {
  /** The data set's name in the experiment. */
  readonly dataset: string;
  readonly unit: string;
  readonly purpose: Purpose;
  /** Number of the learning rate, from 1. */
  readonly draw: number;
  readonly seed: number;
  readonly learningRate: number;
  /** Its run folder, below the folder of the trials. */
  readonly path: string;
  readonly request: TrainingRequestFields;
}

/** One data set × one unit: a cell of Table 2. */
export interface Cell {
  readonly plan: DatasetPlan;
  readonly unit: string;
  readonly search: readonly PlannedTrial[];
  readonly short: PlannedTrial;
}

export function cellsOf(plan: DatasetPlan): Cell[] {
  return plan.units.map((unit) => {
    const search = Array.from({ length: plan.search.draws }, (_, i) =>
      plannedTrial(plan, unit, i + 1, plan.seed),
    );
    return { plan, unit, search, short: shortTrial(plan, unit) };
  });
}

/** The further runs of a cell once its best learning rate is known. */
export function seedTrials({ plan, unit }: Cell, winner: PlannedTrial): PlannedTrial[] {
  return Array.from({ length: plan.seeds - 1 }, (_, i) =>
    plannedTrial(plan, unit, winner.draw, plan.seed + i + 1),
  );
}

function plannedTrial(plan: DatasetPlan, unit: string, draw: number, seed: number): PlannedTrial {
  const { draws, logLearningRate } = plan.search;
  const learningRate = learningRates(plan.seed, plan.name, draws, logLearningRate)[draw - 1];
  const isSearch = seed === plan.seed;
  const number = String(draw).padStart(2, '0');
  return {
    dataset: plan.name,
    unit,
    purpose: isSearch ? 'search' : 'seed',
    draw,
    seed,
    learningRate,
    path: join(plan.name, unit, isSearch ? `draw-${number}` : `draw-${number}-seed-${seed}`),
    request: requestOf(plan, unit, { learningRate, seed }),
  };
}

/** The learning rate of the short run: in the middle of those that the paper's search ends at. */
const SHORT_RUN_RATE = 1e-3;

function shortTrial(plan: DatasetPlan, unit: string): PlannedTrial {
  const { seed, shortRun } = plan;
  const learningRate = SHORT_RUN_RATE;
  return {
    dataset: plan.name,
    unit,
    purpose: 'short',
    draw: 0,
    seed,
    learningRate,
    path: join(plan.name, unit, 'short'),
    request: requestOf(plan, unit, { learningRate, seed, ...shortRun }),
  };
}

function requestOf(
  plan: DatasetPlan,
  unit: string,
  own: Pick<TrainingRequestFields, 'learningRate' | 'seed' | 'epochs' | 'maxSequences'>,
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

type ProgressOf = (trial: PlannedTrial) => TrialProgress;

/**
 * What can be trained now for a cell: the learning rates up to the next rung, else those that are left to their
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
  const last = open(survivors(cell, rungs.length, progressOf));
  if (last.length > 0) return [...short, ...last];
  const winner = winnerOf(cell, progressOf);
  return winner ? [...short, ...open(seedTrials(cell, winner))] : short;
}

/** The learning rates that passed the first `rungs` rungs. */
export function survivors(cell: Cell, rungs: number, progressOf: ProgressOf): PlannedTrial[] {
  return cell.plan.search.rungs
    .slice(0, rungs)
    .reduce<PlannedTrial[]>(
      (left, { epochs, keep }) => best(left, epochs, progressOf).slice(0, keep),
      [...cell.search],
    );
}

/** The learning rate with the best validation NLL per frame; none before all that passed the rungs have ended. */
export function winnerOf(cell: Cell, progressOf: ProgressOf): PlannedTrial | undefined {
  const left = survivors(cell, cell.plan.search.rungs.length, progressOf);
  if (!left.every((trial) => progressOf(trial).ending !== undefined)) return undefined;
  return best(left, Number.POSITIVE_INFINITY, progressOf)[0];
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
 * seeds. Learning rates that are furthest count as those that go on.
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
  const winner = winnerOf(cell, progressOf);
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

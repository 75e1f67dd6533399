import { guessText, nearestName } from '../platform/nearest-name.js';
import type { DatasetPlan } from './config.js';
import { faultOfValues, isFixed, SEARCHABLE } from './search-space.js';

/** Some file systems tell no case apart. */
function isSameFile(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** Refuses a setting of a data set, by its place among them. */
type Refuse = (dataset: number, field: readonly string[], what: string) => never;

/**
 * Refuses what no single field can tell.
 *
 * @param isWritten whether the file has a setting of a data set, with it or with what all share
 */
export function checkSense(
  plans: readonly DatasetPlan[],
  refuse: Refuse,
  isWritten: (dataset: number, field: readonly string[]) => boolean,
): void {
  for (const [i, plan] of plans.entries()) {
    const { name, units, hiddenUnits, baseline, training } = plan;
    const twice = units.find((unit, k) => units.indexOf(unit) < k);
    if (twice !== undefined) refuse(i, ['units'], `there are two called ${twice}`);
    const other = Object.keys(hiddenUnits).find((unit) => !units.includes(unit));
    if (other !== undefined) refuse(i, ['hiddenUnits'], noUnit(other, units));
    if (baseline !== undefined && !units.includes(baseline)) refuse(i, ['baseline'], noUnit(baseline, units));
    if (plans.findIndex((one) => isSameFile(one.name, name)) < i)
      refuse(i, [], `there are two called ${name}; give one another name`);
    if (training.scheduleEpochs !== undefined && training.schedule === 'constant')
      refuse(i, ['training', 'scheduleEpochs'], 'goes with a linear schedule, and this one is constant');
    checkSpace(
      plan,
      (field, what) => refuse(i, field, what),
      (field) => isWritten(i, field),
    );
    checkRungs(plan, (field, what) => refuse(i, field, what));
  }
}

function noUnit(name: string, units: readonly string[]): string {
  return `${name} is none of the units ${units.join(', ')}${guessText(nearestName(name, units))}`;
}

function checkSpace(
  { search, training }: DatasetPlan,
  refuse: (field: readonly string[], what: string) => never,
  isWritten: (field: readonly string[]) => boolean,
): void {
  const {
    logLearningRate: [low, high],
    space,
    draws,
    sampling,
    strata,
  } = search;
  const exponents = ['search', 'logLearningRate'];
  if (low >= high) refuse(exponents, 'the first has to be below the second');
  if (space.learningRate !== undefined && isWritten(exponents))
    refuse(exponents, 'search.space.learningRate says the same: give one of them');
  for (const option of SEARCHABLE) {
    const values = space[option];
    if (values === undefined) continue;
    const place = ['search', 'space', option];
    const fault = faultOfValues(option, values);
    if (fault !== undefined) refuse(place, fault);
    if (option !== 'learningRate' && isWritten(['training', option]))
      refuse(place, `training.${option} says the same: give one of them`);
  }
  if (space.schedule !== undefined && training.scheduleEpochs !== undefined && space.schedule !== 'linear')
    refuse(['search', 'space', 'schedule'], 'training.scheduleEpochs goes with a linear schedule');
  const isDrawn = space.learningRate === undefined || Object.values(space).some((values) => !isFixed(values));
  if (!isDrawn && draws > 1)
    refuse(
      ['search', 'draws'],
      `there is nothing to draw ${draws} times, as search.space has single values: write 1`,
    );
  if (strata !== undefined && sampling === 'free')
    refuse(['search', 'strata'], 'goes with stratified sampling, and this one is free');
}

function checkRungs(
  { search: { draws, rungs }, training }: DatasetPlan,
  refuse: (field: readonly string[], what: string) => never,
): void {
  const place = ['search', 'rungs'];
  let [epochs, left] = [0, draws];
  for (const rung of rungs) {
    if (rung.epochs <= epochs) refuse(place, 'epochs have to rise from rung to rung');
    if (rung.keep > left) refuse(place, `cannot keep ${rung.keep} of ${left} draws`);
    if (rung.epochs > (training.epochs ?? Number.POSITIVE_INFINITY))
      refuse(place, beyondTheEnd(rung.epochs, training.epochs));
    [epochs, left] = [rung.epochs, rung.keep];
  }
}

/** Of a rung after which no run is left to choose from. */
export const beyondTheEnd = (rung: number, epochs: number | undefined) =>
  `a rung after ${rung} epochs is beyond the ${epochs} that runs have: take it away, or raise training.epochs`;

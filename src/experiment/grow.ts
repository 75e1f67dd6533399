import { Failure } from '../platform/failure.js';
import { FINAL_SHARE } from '../training/learning-rate.js';
import type { DatasetPlan } from './config.js';
import { strataOf } from './draws.js';
import type { Basis } from './identity.js';
import { type Cell, cellsOf } from './plan.js';

/** A plan with all that decides its trials' numbers. */
export type SettledPlan = DatasetPlan & { readonly basis: Basis };

/**
 * Settles what a plan leaves open, so that it goes on from an earlier one of its folder where it can: more draws keep
 * the strata of those that are there, and more epochs the schedule of the learning rate, so that trials of before are
 * the plan's own.
 */
export function settle(plan: SettledPlan, earlier: readonly DatasetPlan[]): SettledPlan {
  const grown = earlier.map((one) => inherit(plan, one)).find((next, i) => sharesSearch(next, earlier[i]));
  return grown ?? withStrata(plan, undefined);
}

/** Whether two plans have the same draws, as far as both have any, for the units of both. */
function sharesSearch(plan: SettledPlan, earlier: DatasetPlan): boolean {
  const before = cellsOf(withBasis(earlier, plan));
  const pairs = cellsOf(plan).flatMap((cell) => {
    const same = before.find(({ unit }) => unit === cell.unit);
    return same ? [[cell.search, same.search] as const] : [];
  });
  return pairs.every(([now, then]) =>
    now.slice(0, then.length).every(({ path }, i) => path === then[i].path),
  );
}

function withStrata(plan: SettledPlan, earlier: number | undefined): SettledPlan {
  const { search } = plan;
  if (search.sampling === 'free') return plan;
  return { ...plan, search: { ...search, strata: search.strata ?? earlier ?? search.draws } };
}

function inherit(plan: SettledPlan, earlier: DatasetPlan): SettledPlan {
  const next = withStrata(plan, earlier.search.sampling === 'free' ? undefined : strataOf(earlier.search));
  const [now, before] = [next, withBasis(earlier, plan)].map(epochsOf);
  const schedule = earlier.training.scheduleEpochs ?? before;
  const isOpen = plan.training.scheduleEpochs === undefined && plan.training.schedule !== 'constant';
  if (!isOpen || schedule >= now) return next;
  return { ...next, training: { ...next.training, scheduleEpochs: schedule } };
}

/** Results that do not tell it have the basis that the plan has: their data are the same. */
const withBasis = (earlier: DatasetPlan, { basis }: SettledPlan): DatasetPlan => ({ basis, ...earlier });

/** Of a run that goes to its end. */
const epochsOf = (plan: DatasetPlan): number =>
  cellsOf({ ...plan, units: plan.units.slice(0, 1) })[0].search[0].epochs ?? 0;

/** What an earlier plan has more of, in words. */
function lessThan(plan: SettledPlan, earlier: DatasetPlan): string | undefined {
  const missing = earlier.units.find((unit) => !plan.units.includes(unit));
  if (missing !== undefined) return `units has no ${missing}`;
  const counts: [field: string, now: number, before: number][] = [
    ['seeds', plan.seeds, earlier.seeds],
    ['search.draws', plan.search.draws, earlier.search.draws],
    ['training.epochs', epochsOf(plan), epochsOf(withBasis(earlier, plan))],
  ];
  const fewer = counts.find(([, now, before]) => now < before);
  return fewer && `${fewer[0]} is ${fewer[1]}, not at least ${fewer[2]}`;
}

/** The first cell of an earlier plan whose search is not part of that of a plan. */
function otherSearch(plan: SettledPlan, earlier: DatasetPlan): Cell | undefined {
  const paths = new Set(cellsOf(plan).flatMap(({ search }) => search.map(({ path }) => path)));
  return cellsOf(withBasis(earlier, plan)).find(({ search }) => search.some(({ path }) => !paths.has(path)));
}

/**
 * @param those whose the earlier plan is, for the message
 * @throws Failure where a plan leaves out or changes what an earlier one has
 */
export function holdToPlan(plan: SettledPlan, earlier: DatasetPlan, those: string, advice: string): void {
  const refuse = (what: string) => new Failure(`${plan.name}: ${what} as in ${those}; ${advice}`);
  const less = lessThan(plan, earlier);
  if (less !== undefined) throw refuse(less);
  const cell = otherSearch(plan, earlier);
  if (cell === undefined) return;
  throw new Failure(
    `${plan.name}: ${changedField(plan, earlier) ?? `the search of ${cell.unit}`} is not that of ${those}; ${advice}`,
  );
}

/** The first field of which an earlier plan says something else, of those that decide the search's trials. */
function changedField(plan: DatasetPlan, earlier: DatasetPlan): string | undefined {
  const hashOf = ({ equations }: DatasetPlan, unit: string) =>
    equations?.find(({ name }) => name === unit)?.hash;
  const changed = earlier.units.find(
    (unit) => (hashOf(earlier, unit) ?? hashOf(plan, unit)) !== hashOf(plan, unit),
  );
  if (changed !== undefined) return `the unit ${changed}`;
  const parts = (of: DatasetPlan): Record<string, unknown> => ({
    seed: of.seed,
    hiddenUnits: of.hiddenUnits,
    parameters: of.parameters,
    ...prefixed('search', without(of.search, ['draws', 'rungs', 'strata'])),
    ...prefixed('training', without(of.training, ['epochs', 'scheduleEpochs'])),
  });
  // What is settled follows from the others, unless it is written.
  const settled = ({ search: { strata }, training: { scheduleEpochs } }: DatasetPlan) => ({
    'search.strata': strata,
    'training.scheduleEpochs': scheduleEpochs,
  });
  return otherField(parts(plan), parts(earlier)) ?? otherField(settled(plan), settled(earlier));
}

function otherField(now: Record<string, unknown>, before: Record<string, unknown>): string | undefined {
  return [...new Set([...Object.keys(before), ...Object.keys(now)])].find(
    (field) => JSON.stringify(before[field]) !== JSON.stringify(now[field]),
  );
}

const without = (fields: object, names: readonly string[]) =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));

function prefixed(prefix: string, fields: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [`${prefix}.${name}`, value]));
}

/** What was settled beyond what the file says, for the user. */
export function settlements(asWritten: DatasetPlan, settled: SettledPlan): string[] {
  const { strata, draws } = settled.search;
  const { scheduleEpochs } = settled.training;
  const keepsStrata = asWritten.search.strata === undefined && strata !== undefined && strata < draws;
  const keepsSchedule = asWritten.training.scheduleEpochs === undefined && scheduleEpochs !== undefined;
  return [
    ...(keepsStrata
      ? [
          `draws go on from the ${strata} strata that the trials here have, into halves of them (search.strata: ${strata})`,
        ]
      : []),
    ...(keepsSchedule
      ? [
          `learning rates fall over ${scheduleEpochs} epochs, as those of the trials here, and stay at ${100 * FINAL_SHARE} % from there (training.scheduleEpochs: ${scheduleEpochs}); another --out has a schedule over all epochs`,
        ]
      : []),
  ].map((text) => `${settled.name}: ${text}`);
}

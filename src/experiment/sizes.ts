import type { DataKind } from '../data/sequence.js';
import { paperSpec, recurrentParameterCount } from '../model/spec.js';
import { countOf } from '../platform/format-number.js';
import type { DatasetPlan } from './config.js';
import { sizeOfPlan, unitOfPlan } from './plan.js';

/** How large a unit is on a data set. */
export interface UnitSize {
  readonly unit: string;
  readonly hiddenUnits: number;
  /** Of the recurrent layer, for the inputs that the data have here (88 keys; 20 samples). */
  readonly parameters: number;
}

/** The size of a unit of a plan. */
export function sizeOfUnit(plan: DatasetPlan, kind: DataKind, unit: string): UnitSize {
  const spec = paperSpec(kind, unitOfPlan(plan, unit), sizeOfPlan(plan, unit));
  return { unit, hiddenUnits: spec.hiddenSize, parameters: recurrentParameterCount(spec) };
}

/** The sizes of all units of a plan, in its order. */
export const sizesOfPlan = (plan: DatasetPlan, kind: DataKind): UnitSize[] =>
  plan.units.map((unit) => sizeOfUnit(plan, kind, unit));

/** Parameters of the largest unit for each of the smallest up to which sizes count as equal: hidden units are whole. */
const MOST_UNEQUAL = 1.1;

/**
 * That units are not of equal size, in a phrase; nothing where they are.
 *
 * @param titleOf a unit, as it is to be called
 */
export function unequalSizes(
  sizes: readonly UnitSize[],
  titleOf = (unit: string) => unit,
): string | undefined {
  const [smallest, ...others] = [...sizes].sort((a, b) => a.parameters - b.parameters);
  const largest = others.at(-1);
  if (!largest || largest.parameters <= MOST_UNEQUAL * smallest.parameters) return undefined;
  const of = ({ unit, parameters }: UnitSize) => `${countOf(parameters)} (${titleOf(unit)})`;
  return `units are not of equal size, which may decide instead of their equations: recurrent layers have from ${of(smallest)} to ${of(largest)} parameters`;
}

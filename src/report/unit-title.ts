import type { DatasetPlan } from '../experiment/config.js';
import { UNITS } from '../model/units/registry.js';

/** How tables and figures call a unit of an experiment, by its name. */
export type UnitTitle = (unit: string) => string;

/** The title of a unit that comes with gru-bench; of any other its name. */
export function registeredTitle(name: string): string {
  return UNITS.find((unit) => unit.name === name)?.title ?? name;
}

/**
 * The titles of an experiment's units. Those that come with gru-bench have theirs; an own one has that which its file
 * gave it and the plan records, with its name behind it where another unit has the same; and its name where none is
 * recorded.
 */
export function unitTitles(plans: readonly Pick<DatasetPlan, 'units' | 'equations'>[]): UnitTitle {
  const recorded = new Map(
    plans.flatMap(({ equations = [] }) => equations.map(({ name, title }) => [name, title])),
  );
  const isRegistered = (name: string) => UNITS.some((unit) => unit.name === name);
  const alone = (name: string) => (isRegistered(name) ? registeredTitle(name) : recorded.get(name) || name);
  const units = [...new Set(plans.flatMap((plan) => plan.units))];
  return (name) => {
    const title = alone(name);
    const isShared = units.some((other) => other !== name && alone(other) === title);
    return isShared && !isRegistered(name) ? `${title} (${name})` : title;
  };
}

import { UNITS } from '../model/units/registry.js';

/** How tables and figures call a unit: its title where it comes with gru-bench, else its name. */
export function unitTitle(name: string): string {
  return UNITS.find((unit) => unit.name === name)?.title ?? name;
}

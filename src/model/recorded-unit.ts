import { Misuse } from '../platform/failure.js';
import type { Unit } from './graph/define-unit.js';
import { type UnitData, unitFromData } from './graph/unit-data.js';
import { unitHash } from './graph/unit-hash.js';
import { UNITS } from './units/registry.js';

/**
 * The unit that a file records: the one that comes with gru-bench where it has its name, else the recorded one.
 *
 * @throws Misuse where the two have one name and other equations
 */
export function recordedUnit(data: UnitData): Unit {
  const own = UNITS.find(({ name }) => name === data.name);
  if (own === undefined) return unitFromData(data);
  if (unitHash(own) === data.hash) return own;
  throw new Misuse(
    `unit ${data.name} has other equations here than those recorded: ${data.equations.join('; ')}`,
  );
}

import { UNITS as ALL, PAPER_UNITS } from '../model/units/registry.js';

export type CellName = string;

/** As the paper writes them, in the order of its table. */
export const UNIT_TITLES: Readonly<Record<CellName, string>> = Object.fromEntries(
  ALL.map(({ name, title }) => [name, title]),
);
export const UNITS: readonly CellName[] = PAPER_UNITS.map(({ name }) => name);

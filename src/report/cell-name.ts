import type { UnitName } from '../experiment/plan.js';

export type CellName = UnitName;

/** As the paper writes them, in the order of its table. */
export const UNIT_TITLES: Readonly<Record<CellName, string>> = { tanh: 'tanh', gru: 'GRU', lstm: 'LSTM' };
export const UNITS = Object.keys(UNIT_TITLES) as CellName[];

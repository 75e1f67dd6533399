import { gru } from './gru.js';
import { lstm } from './lstm.js';
import { tanh } from './tanh.js';
import type { Unit } from './unit.js';

export const CELLS = ['tanh', 'gru', 'lstm'] as const;
export type Cell = (typeof CELLS)[number];

export const UNITS: Readonly<Record<Cell, Unit>> = { tanh, gru, lstm };

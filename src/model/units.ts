import { gru } from './gru.js';
import { lstm } from './lstm.js';
import { tanh } from './tanh.js';
import type { Unit } from './unit.js';
import type { Cell } from './unit-names.js';

export const UNITS: Readonly<Record<Cell, Unit>> = { tanh, gru, lstm };

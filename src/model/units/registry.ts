import { Misuse } from '../../platform/failure.js';
import { adviceOnName } from '../../platform/nearest-name.js';
import type { Unit } from '../graph/define-unit.js';
import { cifg } from './cifg.js';
import { gru } from './gru.js';
import { gruAfter } from './gru-after.js';
import { indRnn } from './ind-rnn.js';
import { irnn } from './irnn.js';
import { lstm } from './lstm.js';
import { lstmPlain } from './lstm-plain.js';
import { mgu } from './mgu.js';
import { minGru } from './min-gru.js';
import { minLstm } from './min-lstm.js';
import { ran } from './ran.js';
import { sLstm } from './s-lstm.js';
import { sru } from './sru.js';
import { tanh } from './tanh.js';
import { ugrnn } from './ugrnn.js';

/** The units whose equations come with gru-bench, and for which there are fused kernels; the paper's three first. */
export const UNITS: readonly Unit[] = [
  tanh,
  gru,
  lstm,
  gruAfter,
  lstmPlain,
  cifg,
  mgu,
  minGru,
  minLstm,
  ran,
  sru,
  ugrnn,
  indRnn,
  irnn,
  sLstm,
];

export const UNIT_NAMES: readonly string[] = UNITS.map(({ name }) => name);

/** The units that the paper compares, in the order of its tables. */
export const PAPER_UNITS: readonly Unit[] = [tanh, gru, lstm];

/** @throws Misuse where no unit has the name */
export function unitNamed(name: string): Unit {
  const unit = UNITS.find((one) => one.name === name);
  if (unit) return unit;
  throw new Misuse(`there is no unit ${name}; ${adviceOnName(name, UNIT_NAMES)}`);
}

import { defineUnit } from '../graph/define-unit.js';
import { relu } from '../graph/expression.js';

/** A rectified unit. Its authors start U at the identity; here U starts orthogonal, as every unit's does. */
export const irnn = defineUnit(
  'irnn',
  { title: 'IRNN', source: 'Le, Jaitly and Hinton 2015' },
  ({ gate }) => ({
    h: relu(gate('')),
  }),
);

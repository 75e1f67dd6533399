import { defineUnit } from '../graph/define-unit.js';
import { tanh as hyperbolicTangent } from '../graph/expression.js';

export const tanh = defineUnit(
  'tanh',
  { title: 'tanh', source: 'Chung et al. 2014, section 2' },
  ({ gate }) => ({
    h: hyperbolicTangent(gate('')),
  }),
);

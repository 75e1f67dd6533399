import { defineUnit } from '../graph/define-unit.js';
import { sigmoid } from '../graph/expression.js';

/** A GRU whose gates do not see the hidden state: no recurrent products. */
export const minGru = defineUnit(
  'min-gru',
  { title: 'minGRU', source: 'Feng et al. 2024' },
  ({ h, gate, one }) => {
    const z = sigmoid(gate('z', { recurrent: null }));
    const candidate = gate('', { recurrent: null });
    return { h: one.minus(z).times(h).plus(z.times(candidate)) };
  },
);

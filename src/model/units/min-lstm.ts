import { defineUnit } from '../graph/define-unit.js';
import { sigmoid, softplus } from '../graph/expression.js';

/**
 * An LSTM whose gates do not see the hidden state and add up to 1: f = σ(f̂) and i = σ(î), each divided by f + i. As
 * log σ(a) is −softplus(−a), that is a sigmoid of a difference, and not 0/0 where float32 has 0 for both (the source's
 * appendix B has it so).
 */
export const minLstm = defineUnit(
  'min-lstm',
  { title: 'minLSTM', source: 'Feng et al. 2024' },
  ({ h, gate, one }) => {
    const f = gate('f', { recurrent: null });
    const i = gate('i', { recurrent: null });
    const forget = sigmoid(softplus(i.negative()).minus(softplus(f.negative())));
    const candidate = gate('', { recurrent: null });
    return { h: forget.times(h).plus(one.minus(forget).times(candidate)) };
  },
);

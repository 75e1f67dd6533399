import { defineUnit } from '../graph/define-unit.js';
import { exp, max, sigmoid, stopped, tanh } from '../graph/expression.js';

/**
 * An LSTM whose input and forget gates are exponentials, kept within float32 by the state m; n normalises. The
 * result does not depend on m, so no gradient passes through it.
 */
export const sLstm = defineUnit(
  's-lstm',
  {
    title: 'sLSTM',
    states: ['h', 'c', 'n', 'm'],
    source: 'Beck et al. 2024 (xLSTM), with exponential gates',
  },
  ({ c, n, m, gate }) => {
    const i = gate('i');
    const f = gate('f', { bias: 1 });
    const z = tanh(gate('z'));
    const o = sigmoid(gate('o'));
    const stabiliser = stopped(max(f.plus(m), i));
    const input = exp(i.minus(stabiliser));
    const forget = exp(f.plus(m).minus(stabiliser));
    const cell = forget.times(c).plus(input.times(z));
    const normaliser = forget.times(n).plus(input);
    return { h: o.times(cell.dividedBy(normaliser)), c: cell, n: normaliser, m: stabiliser };
  },
);

import { defineUnit, sigmoid, tanh } from 'gru-bench';

export default defineUnit(
  'slow-gru',
  { title: 'GRU with a slow average', states: ['h', 's'] },
  ({ h, s, gate, weight, one }) => {
    const z = sigmoid(gate('z').plus(weight('z').times(s)));
    const r = sigmoid(gate('r'));
    const candidate = tanh(gate('', { recurrent: r.times(h) }));
    const after = one.minus(z).times(h).plus(z.times(candidate));
    return { h: after, s: s.times(0.9).plus(after.times(0.1)) };
  },
);

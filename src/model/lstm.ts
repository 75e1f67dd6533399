import * as tf from '@tensorflow/tfjs-core';
import type { Unit } from './unit.js';

/**
 * The LSTM unit in Graves' form (paper, section 3.1), with diagonal peepholes V; the output gate looks at the
 * new cell c, the other two at the old one:
 *
 *     i = σ(xW_i + h₋U_i + V_i⊙c₋ + b_i)    f = σ(xW_f + h₋U_f + V_f⊙c₋ + b_f)
 *     c̃ = tanh(xW_c + h₋U_c + b_c)          c = f⊙c₋ + i⊙c̃
 *     o = σ(xW_o + h₋U_o + V_o⊙c + b_o)     h = o⊙tanh(c)
 */
export const lstm: Unit = {
  gates: ['i', 'f', 'o', 'c'],
  peepholes: ['i', 'f', 'o'],
  stateSize: 2,
  step({ xW, U, V }, [hPrevious, cPrevious]) {
    const i = tf.sigmoid(tf.add(tf.add(xW.i, tf.matMul(hPrevious, U.i)), tf.mul(V.i, cPrevious)));
    const f = tf.sigmoid(tf.add(tf.add(xW.f, tf.matMul(hPrevious, U.f)), tf.mul(V.f, cPrevious)));
    const candidate = tf.tanh(tf.add(xW.c, tf.matMul(hPrevious, U.c)));
    const c = tf.add(tf.mul(f, cPrevious), tf.mul(i, candidate)) as tf.Tensor2D;
    const o = tf.sigmoid(tf.add(tf.add(xW.o, tf.matMul(hPrevious, U.o)), tf.mul(V.o, c)));
    const h = tf.mul(o, tf.tanh(c)) as tf.Tensor2D;
    return [h, c];
  },
};

import * as tf from '@tensorflow/tfjs-core';
import type { Unit } from './unit.js';

/**
 * The gated recurrent unit (paper, section 3.2), which resets the hidden state before the product with U:
 *
 *     z = σ(xW_z + h₋U_z + b_z)      r = σ(xW_r + h₋U_r + b_r)
 *     h̃ = tanh(xW + (r⊙h₋)U + b)     h = (1−z)⊙h₋ + z⊙h̃
 */
export const gru: Unit = {
  gates: ['z', 'r', ''],
  peepholes: [],
  stateSize: 1,
  step({ xW, U }, [hPrevious]) {
    const z = tf.sigmoid(tf.add(xW.z, tf.matMul(hPrevious, U.z)));
    const r = tf.sigmoid(tf.add(xW.r, tf.matMul(hPrevious, U.r)));
    const candidate = tf.tanh(tf.add(xW[''], tf.matMul(tf.mul(r, hPrevious) as tf.Tensor2D, U[''])));
    const h = tf.add(tf.mul(tf.sub(1, z), hPrevious), tf.mul(z, candidate)) as tf.Tensor2D;
    return [h];
  },
};

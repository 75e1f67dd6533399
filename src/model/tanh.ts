import * as tf from '@tensorflow/tfjs-core';
import type { Unit } from './unit.js';

/** The traditional unit (paper, section 2): h = tanh(xW + h₋U + b). */
export const tanh: Unit = {
  gates: [''],
  peepholes: [],
  stateSize: 1,
  step({ xW, U }, [hPrevious]) {
    const h = tf.tanh(tf.add(xW[''], tf.matMul(hPrevious, U['']))) as tf.Tensor2D;
    return [h];
  },
};

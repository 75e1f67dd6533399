import * as tf from '@tensorflow/tfjs-core';
import type { Model } from '../model/model-file.js';
import { cellParameters, splitParameters } from '../model/parameters.js';
import type { State } from '../model/unit.js';
import { UNITS } from '../model/units.js';

/** A model that reads one frame after the other. */
export interface StepModel {
  /**
   * @param x an input frame, [I]
   * @returns what the output layer says of the next frame, [O]
   */
  step(x: Float32Array): Float32Array;
  dispose(): void;
}

/** A model before its first frame. */
export function stepModel({ spec, parameters }: Model): StepModel {
  const { gates, stateSize, step } = UNITS[spec.cell];
  const flat = tf.tensor1d(parameters);
  const slices = tf.tidy(() => splitParameters(spec, flat));
  let state: State = Array.from({ length: stateSize }, () => tf.zeros<tf.Rank.R2>([1, spec.units]));
  return {
    step(x) {
      let outputs = new Float32Array();
      const next = tf.tidy(() => {
        const row = tf.tensor2d(x, [1, spec.inputSize]);
        const { W, U, V, b } = cellParameters(spec, slices);
        const xW = Object.fromEntries(
          gates.map((gate) => [gate, tf.add(tf.matMul(row, W[gate]), b[gate]) as tf.Tensor2D]),
        );
        const after = step({ xW, U, V }, state);
        const product = tf.matMul(after[0], slices['output.W'] as tf.Tensor2D);
        outputs = tf.add(product, slices['output.b']).dataSync<'float32'>().slice();
        return [...after];
      });
      tf.dispose([...state]);
      state = next;
      return outputs;
    },
    dispose: () => tf.dispose([flat, ...Object.values(slices), ...state]),
  };
}

import * as tf from '@tensorflow/tfjs-core';
import { composedUnit, splitParameters } from '../model/composed-step.js';
import type { Model } from '../model/model-tensors.js';
import type { Step } from './draw-piece.js';

/** A model that reads one frame after the other. */
export interface StepModel {
  readonly step: Step;
  dispose(): void;
}

/** A model before its first frame. */
export function stepModel({ spec, parameters }: Model): StepModel {
  const flat = tf.tensor1d(parameters);
  const slices = tf.tidy(() => splitParameters(spec, flat));
  const { unit, inputSums, step } = composedUnit(spec, slices);
  let states: tf.Tensor2D[] = unit.states.map(() => tf.zeros<tf.Rank.R2>([1, spec.hiddenSize]));
  return {
    step(x) {
      let outputs = new Float32Array();
      const next = tf.tidy(() => {
        const after = step(inputSums(tf.tensor2d(x, [1, spec.inputSize])), states);
        const product = tf.matMul(after[0], slices['output.W'] as tf.Tensor2D);
        outputs = tf.add(product, slices['output.b']).dataSync<'float32'>().slice();
        return after;
      });
      tf.dispose(states);
      states = next;
      return outputs;
    },
    dispose: () => tf.dispose([flat, ...Object.values(slices), ...states]),
  };
}

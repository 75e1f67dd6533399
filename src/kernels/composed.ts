import * as tf from '@tensorflow/tfjs-core';
import { type Batch, denseValues, type Rows } from '../data/batch.js';
import { composedUnit, splitParameters } from '../model/composed-step.js';
import { layerOf } from '../model/outputs/registry.js';
import type { ModelSpec } from '../model/spec.js';

/**
 * The reference implementation of `sequenceNll`: the unit's equations, frame by frame, in ordinary
 * TensorFlow.js operations, which every backend has and which differentiate themselves.
 *
 * @param parameters the flat parameter vector
 * @returns NLL of each sequence of the batch, in the batch's order, [B] nats
 */
export function composedSequenceNll(spec: ModelSpec, parameters: tf.Tensor1D, batch: Batch): tf.Tensor1D {
  const slices = splitParameters(spec, parameters);
  const hidden = hiddenStates(spec, slices, batch);
  const outputs = tf.add(
    tf.matMul(hidden, slices['output.W'] as tf.Tensor2D),
    slices['output.b'],
  ) as tf.Tensor2D;
  const targets = denseRows(batch.targets, batch.frames);
  const frameNll = layerOf(spec.output).nll(tf, outputs, targets, spec.output);
  return tf.reshape(tf.matMul(sequenceIndicator(batch), tf.reshape(frameNll, [-1, 1])), [-1]);
}

/** The hidden state of every row of the batch, [N,H]. */
function hiddenStates(spec: ModelSpec, slices: Record<string, tf.Tensor>, batch: Batch): tf.Tensor2D {
  const { unit, inputSums, step } = composedUnit(spec, slices);
  const active = Array.from(batch.active);
  // A slice a frame would make the backward pass fill a tensor of all frames for each of them.
  const sums = inputSums(denseRows(batch.inputs, batch.frames)).map((sum) => sum && splitRows(sum, active));
  let states: readonly tf.Tensor2D[] = unit.states.map(() => tf.zeros([batch.sequences, spec.hiddenSize]));
  const h = active.map((sequences, t) => {
    const before = states.map((tensor) => firstRows(tensor, sequences));
    states = step(
      sums.map((sum) => sum?.[t]),
      before,
    );
    return states[0];
  });
  return tf.concat(h, 0);
}

/** As tf.split, whose gradient does not know a single part. */
function splitRows(tensor: tf.Tensor2D, rows: number[]): tf.Tensor2D[] {
  return rows.length === 1 ? [tensor] : tf.split(tensor, rows);
}

function firstRows(tensor: tf.Tensor2D, rows: number): tf.Tensor2D {
  return tensor.shape[0] === rows ? tensor : tf.slice(tensor, [0, 0], [rows, tensor.shape[1]]);
}

function denseRows(rows: Rows, count: number): tf.Tensor2D {
  return tf.tensor2d(denseValues(rows, count), [count, rows.width]);
}

/** [B,N], 1 where row n belongs to sequence b: its product with the rows' NLLs adds up each sequence. */
function sequenceIndicator(batch: Batch): tf.Tensor2D {
  const indicator = new Float32Array(batch.sequences * batch.frames);
  let row = 0;
  for (const sequences of batch.active)
    for (let b = 0; b < sequences; b++) indicator[b * batch.frames + row++] = 1;
  return tf.tensor2d(indicator, [batch.sequences, batch.frames]);
}

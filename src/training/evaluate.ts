import * as tf from '@tensorflow/tfjs-core';
import type { Batch } from '../data/batch.js';
import type { Kernels } from '../kernels/choice.js';
import { sequenceNll } from '../kernels/sequence-nll.js';
import type { ModelSpec } from '../model/spec.js';
import { averageNll, type SetNll } from './set-nll.js';

/** Evaluates a model without weight noise. `parameters` is the flat vector, `batches` of `packForEvaluation`. */
export function evaluate(
  kernels: Kernels,
  spec: ModelSpec,
  parameters: tf.Tensor1D,
  batches: readonly Batch[],
): SetNll {
  return averageNll(
    batches,
    batches.map((batch) => nllOf(kernels, spec, parameters, batch)),
  );
}

/**
 * As `evaluate`, for sets that take long.
 *
 * @param stopRequested asked before each batch
 * @returns nothing where a stop was asked for
 */
export async function evaluateUnlessStopped(
  kernels: Kernels,
  spec: ModelSpec,
  parameters: tf.Tensor1D,
  batches: readonly Batch[],
  stopRequested: () => Promise<boolean>,
): Promise<SetNll | undefined> {
  const nlls: Float32Array[] = [];
  for (const batch of batches) {
    if (await stopRequested()) return undefined;
    nlls.push(nllOf(kernels, spec, parameters, batch));
  }
  return averageNll(batches, nlls);
}

/** @returns NLL of each sequence of a batch, nats */
function nllOf(kernels: Kernels, spec: ModelSpec, parameters: tf.Tensor1D, batch: Batch): Float32Array {
  const tensor = tf.tidy(() => sequenceNll(kernels, spec, parameters, batch));
  const nll = tensor.dataSync<'float32'>();
  tensor.dispose();
  return nll;
}

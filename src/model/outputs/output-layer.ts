import type * as TensorFlow from '@tensorflow/tfjs-core';
import { z } from 'zod';

/** Random numbers of one frame that is drawn. */
export interface FrameDraws {
  /** On (0, 1). */
  uniform(count: number): Float64Array;
  /** Of mean 0 and deviation 1. */
  normal(count: number): Float64Array;
}

/** An output layer: the law of a target frame of D entries, given the layer's O sums. */
export interface OutputLayer<Output> {
  /** The kernels' number of it: enum Output in native/model.h. */
  readonly kernelNumber: number;
  /** How the metadata of a model's file hold it. */
  readonly schema: z.ZodType;
  /** O. */
  size(output: Output): number;
  /**
   * NLL of each frame, nats.
   *
   * @param tf handed in, so that nobody loads it for the sizes alone
   * @param outputs [N,O]
   * @param targets [N,D]
   * @returns [N]
   */
  nll(
    tf: typeof TensorFlow,
    outputs: TensorFlow.Tensor2D,
    targets: TensorFlow.Tensor2D,
    output: Output,
  ): TensorFlow.Tensor1D;
  /**
   * Draws a frame.
   *
   * @param outputs [O]
   * @param temperature 1 draws by the law as it is, less makes likely frames likelier
   * @returns [D]
   */
  draw(outputs: Float32Array, output: Output, temperature: number, draws: FrameDraws): Float32Array;
}

/** A size as metadata hold it; a wider model than this would not be a mistake of a unit, but of the file. */
export const sizeSchema = z.coerce.number().int().positive().max(65_536);

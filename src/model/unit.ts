import type * as tf from '@tensorflow/tfjs-core';

/** A tensor for each gate; the candidate of tanh and GRU, which the paper leaves without index, has the key ''. */
export type PerGate = Readonly<Record<string, tf.Tensor2D>>;

/** Tensors that a step carries to the next, each [B,H]; the first is the hidden state h. */
export type State = readonly tf.Tensor2D[];

/** What a unit's equations read besides its state. */
export interface StepInputs {
  /** For each gate xW + b, [B,H]: it does not depend on the state, so all frames' products are made at once. */
  readonly xW: PerGate;
  /** Recurrent weights of each gate, [H,H]. */
  readonly U: PerGate;
  /** Peephole weights of each gate that has one, [1,H]. */
  readonly V: PerGate;
}

/** A recurrent unit: its parameters and its equations. */
export interface Unit {
  /** Indices of the parameters W, U and b, in the order of the flat vector. */
  readonly gates: readonly string[];
  /** Gates with a peephole V. */
  readonly peepholes: readonly string[];
  /** How many tensors the state has; all are 0 before the first frame. */
  readonly stateSize: number;
  step(inputs: StepInputs, state: State): State;
}

import * as tf from '@tensorflow/tfjs-core';
import { type ModelSpec, parameterSlices } from './spec.js';
import type { PerGate } from './unit.js';
import { UNITS } from './units.js';

/** The named slices of the flat parameter vector, each in its own shape. */
export function splitParameters(spec: ModelSpec, parameters: tf.Tensor1D): Record<string, tf.Tensor> {
  const slices = parameterSlices(spec);
  const parts = tf.split(
    parameters,
    slices.map(({ size }) => size),
  );
  return Object.fromEntries(
    slices.map(({ name, shape }, i) => [name, tf.reshape(parts[i], shape as number[])]),
  );
}

/** The recurrent layer's parameters gate by gate: W [I,H], U [H,H], b [H], and the peepholes V as rows [1,H]. */
export function cellParameters(
  spec: ModelSpec,
  slices: Readonly<Record<string, tf.Tensor>>,
): Record<'W' | 'U' | 'V' | 'b', PerGate> {
  const { gates, peepholes } = UNITS[spec.cell];
  const of = (role: string, gate: string) => slices[`cell.${role}${gate === '' ? '' : `_${gate}`}`];
  const perGate = (names: readonly string[], tensor: (gate: string) => tf.Tensor): PerGate =>
    Object.fromEntries(names.map((gate) => [gate, tensor(gate) as tf.Tensor2D]));
  return {
    W: perGate(gates, (gate) => of('W', gate)),
    U: perGate(gates, (gate) => of('U', gate)),
    V: perGate(peepholes, (gate) => tf.reshape(of('V', gate), [1, spec.units])),
    b: perGate(gates, (gate) => of('b', gate)),
  };
}

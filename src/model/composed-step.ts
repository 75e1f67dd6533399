import * as tf from '@tensorflow/tfjs-core';
import type { Gate, Unit } from './graph/define-unit.js';
import { EXP_RANGE, type Expression, type Operation } from './graph/expression.js';
import { parameterName, type Role } from './graph/parameters.js';
import { orderOfStep } from './graph/walk.js';
import { type ModelSpec, parameterSlices } from './spec.js';

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

/** A unit in ordinary TensorFlow.js operations, with the parameters of one model. */
export interface ComposedUnit {
  readonly unit: Unit;
  /**
   * What of each gate's sum needs no state, xW + b as far as the gate has them.
   *
   * @param x input frames, [N,I]
   * @returns for each gate, in the unit's order, [N,H]; nothing for a gate that has neither term
   */
  inputSums(x: tf.Tensor2D): (tf.Tensor2D | undefined)[];
  /**
   * One step of some sequences.
   *
   * @param sums those of `inputSums`, of one frame a sequence, [B,H]
   * @param before the states, each [B,H]
   * @returns the states after the step
   */
  step(sums: readonly (tf.Tensor2D | undefined)[], before: readonly tf.Tensor2D[]): tf.Tensor2D[];
}

/** @param slices of `splitParameters` */
export function composedUnit(spec: ModelSpec, slices: Readonly<Record<string, tf.Tensor>>): ComposedUnit {
  const { unit, hiddenSize } = spec;
  const parameter = (role: Role, index: string) =>
    slices[`cell.${parameterName(role, index)}`] as tf.Tensor2D;
  const inputSum = ({ name, input, bias }: Gate, x: tf.Tensor2D): tf.Tensor2D | undefined => {
    const product = (
      input ? tf.matMul(x, parameter('W', name)) : tf.zeros([x.shape[0], hiddenSize])
    ) as tf.Tensor2D;
    if (bias === null) return input ? product : undefined;
    return tf.add(product, parameter('b', name)) as tf.Tensor2D;
  };
  const gateOf = (of: Expression) => unit.gates.find(({ sum }) => sum === of);
  const order = orderOfStep(unit);
  return {
    unit,
    inputSums: (x) => unit.gates.map((gate) => inputSum(gate, x)),
    step(sums, before) {
      const values = new Map<Expression, tf.Tensor>(unit.states.map((state, k) => [state.before, before[k]]));
      const known = (of: Expression) => values.get(of) as tf.Tensor;
      const compute = (of: Expression): tf.Tensor => {
        if (of.kind === 'constant') return tf.scalar(of.data as number);
        if (of.kind === 'weight') return tf.reshape(parameter('V', of.data as string), [1, -1]);
        const gate = gateOf(of);
        if (gate) return gateSum(gate, sums[unit.gates.indexOf(gate)]);
        return OPERATIONS[of.kind as Operation](...of.operands.map(known));
      };
      const gateSum = ({ name, recurrent }: Gate, sum: tf.Tensor2D | undefined): tf.Tensor => {
        if (recurrent === null) return sum as tf.Tensor2D;
        const product = tf.matMul(known(recurrent) as tf.Tensor2D, parameter('U', name));
        return sum ? tf.add(sum, product) : product;
      };
      for (const of of order) if (!values.has(of)) values.set(of, compute(of));
      return unit.states.map(({ after }) => known(after) as tf.Tensor2D);
    },
  };
}

const OPERATIONS: Record<Operation, (...operands: tf.Tensor[]) => tf.Tensor> = {
  add: (a, b) => tf.add(a, b),
  subtract: (a, b) => tf.sub(a, b),
  multiply: (a, b) => tf.mul(a, b),
  divide: (a, b) => tf.div(a, b),
  negative: (a) => tf.neg(a),
  interpolate: (z, a, b) => tf.add(tf.mul(tf.sub(1, z), a), tf.mul(z, b)),
  sigmoid: (a) => tf.sigmoid(a),
  tanh: (a) => tf.tanh(a),
  relu: (a) => tf.relu(a),
  exp: (a) => tf.exp(tf.clipByValue(a, ...EXP_RANGE)),
  softplus: (a) => tf.softplus(a),
  max: (a, b) => tf.maximum(a, b),
  stopped: (a) =>
    tf.customGrad((x) => ({ value: (x as tf.Tensor).clone(), gradFunc: (dy) => tf.zerosLike(dy) }))(a),
  whereLess: (a, b, x, y) => tf.where(tf.less(a, b), x, y),
};

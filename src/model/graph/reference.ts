import type { Gate, Unit } from './define-unit.js';
import { EXP_RANGE, type Expression, type Operation } from './expression.js';
import { parameterName, type Role, unitParameters } from './parameters.js';
import { orderOfStep } from './walk.js';

/** Sizes of a model with a Bernoulli output for each entry of a target frame. */
export interface ReferenceSizes {
  /** I. */
  readonly inputSize: number;
  /** H. */
  readonly hiddenSize: number;
  /** D. */
  readonly frameSize: number;
}

/** Sequences packed time-major, the longest first: active[t] rows for each step t. */
export interface ReferenceBatch {
  readonly active: Int32Array;
  /** [N,I]. */
  readonly inputs: Float64Array;
  /** [N,D], of 0 and 1. */
  readonly targets: Float64Array;
}

type Vector = Float64Array;

/** Value of an operation, entry by entry. */
export const VALUES: Readonly<Record<Operation, (...entries: number[]) => number>> = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
  negative: (a) => -a,
  interpolate: (z, a, b) => (1 - z) * a + z * b,
  sigmoid: (a) => 1 / (1 + Math.exp(-a)),
  tanh: Math.tanh,
  relu: (a) => Math.max(0, a),
  exp: (a) => Math.exp(Math.min(EXP_RANGE[1], Math.max(EXP_RANGE[0], a))),
  softplus,
  max: Math.max,
  stopped: (a) => a,
  whereLess: (a, b, x, y) => (a < b ? x : y),
};

function softplus(a: number): number {
  return Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a)));
}

/** Sees a value that an operation gives, and may put another in its place. */
type Watch = (operation: Expression, value: Vector, operands: readonly Vector[]) => Vector;

/**
 * The NLL of a batch in double precision, straight from a unit's equations: what the kernels are held to.
 *
 * @param parameters the flat vector: `unitParameters`, then the output layer's W [H,D] and b [D]
 * @returns the sum over all frames, nats
 */
export function referenceNll(
  unit: Unit,
  sizes: ReferenceSizes,
  parameters: Vector,
  { active, inputs, targets }: ReferenceBatch,
  watch: Watch = (_, value) => value,
): number {
  const { inputSize: I, hiddenSize: H, frameSize: D } = sizes;
  const named = splitReference(unit, sizes, parameters);
  const step = stepOf(unit, named, H, watch);
  let states: Vector[][] = Array.from({ length: active[0] }, () =>
    unit.states.map(() => new Float64Array(H)),
  );
  let [nll, n] = [0, 0];
  for (const count of active) {
    states = states.slice(0, count).map((before) => {
      const after = step(inputs.subarray(n * I, (n + 1) * I), before);
      nll += frameNll(named, after[0], targets.subarray(n * D, (n + 1) * D));
      n++;
      return after;
    });
  }
  return nll;
}

/**
 * The same as a function of the parameters as derivatives see it near some of them: what the equations stop stays as
 * it is there. Its differences are the kernels' gradient.
 */
export function referenceNear(
  unit: Unit,
  sizes: ReferenceSizes,
  parameters: Vector,
  batch: ReferenceBatch,
): (parameters: Vector) => number {
  const held: Vector[] = [];
  referenceNll(unit, sizes, parameters, batch, ({ kind }, value) => {
    if (kind === 'stopped') held.push(value);
    return value;
  });
  return (moved) => {
    let next = 0;
    const hold: Watch = ({ kind }, value) => (kind === 'stopped' ? held[next++] : value);
    return referenceNll(unit, sizes, moved, batch, hold);
  };
}

/** The named parts of the flat vector; the output layer's are `output.W` and `output.b`. */
export function splitReference<T extends Float32Array | Float64Array>(
  unit: Unit,
  { inputSize, hiddenSize, frameSize }: ReferenceSizes,
  parameters: T,
): ReadonlyMap<string, T> {
  let offset = 0;
  const parts = [
    ...unitParameters(unit, inputSize, hiddenSize),
    { name: 'output.W', shape: [hiddenSize, frameSize] },
    { name: 'output.b', shape: [frameSize] },
  ];
  return new Map(
    parts.map(({ name, shape }) => {
      const size = shape.reduce((product, length) => product * length, 1);
      offset += size;
      return [name, parameters.subarray(offset - size, offset) as T];
    }),
  );
}

/**
 * Reads frames one after the other in double precision, as `referenceNll` does.
 *
 * @param parameters as of `referenceNll`
 * @returns reads an input frame, [I]; its result are the logits of the next frame, [D]
 */
export function referenceReader(
  unit: Unit,
  sizes: ReferenceSizes,
  parameters: Vector,
): (x: Vector) => Vector {
  const named = splitReference(unit, sizes, parameters);
  const step = stepOf(unit, named, sizes.hiddenSize, (_, value) => value);
  let states: Vector[] = unit.states.map(() => new Float64Array(sizes.hiddenSize));
  return (x) => {
    states = step(x, states);
    return logitsOf(named, states[0]);
  };
}

/** @returns from a frame [I] and the states before it to those after it */
function stepOf(
  unit: Unit,
  named: ReadonlyMap<string, Vector>,
  hiddenSize: number,
  watch: Watch,
): (x: Vector, before: readonly Vector[]) => Vector[] {
  const part = (role: Role, index: string) => named.get(parameterName(role, index)) as Vector;
  const gateOf = (one: Expression) => unit.gates.find(({ sum }) => sum === one);
  const order = orderOfStep(unit);
  return (x, before) => {
    const values = new Map<Expression, Vector>(unit.states.map((state, k) => [state.before, before[k]]));
    const known = (one: Expression) => values.get(one) as Vector;
    const compute = (one: Expression): Vector => {
      if (one.kind === 'constant') return new Float64Array(hiddenSize).fill(Number(one.data));
      if (one.kind === 'weight') return part('V', String(one.data));
      const gate = gateOf(one);
      if (gate) return sumOf(gate);
      const operands = one.operands.map(known);
      const value = VALUES[one.kind as Operation];
      const entry = (_: unknown, j: number) => value(...operands.map((operand) => operand[j]));
      return watch(one, Float64Array.from({ length: hiddenSize }, entry), operands);
    };
    const sumOf = ({ name, input, recurrent, bias }: Gate): Vector => {
      const sum = new Float64Array(hiddenSize);
      if (bias !== null) sum.set(part('b', name));
      if (input) addProduct(sum, x, part('W', name));
      if (recurrent) addProduct(sum, known(recurrent), part('U', name));
      return sum;
    };
    for (const one of order) if (!values.has(one)) values.set(one, compute(one));
    return unit.states.map(({ after }) => known(after));
  };
}

function frameNll(named: ReadonlyMap<string, Vector>, h: Vector, target: Vector): number {
  return logitsOf(named, h).reduce((sum, logit, d) => sum + softplus(logit) - target[d] * logit, 0);
}

function logitsOf(named: ReadonlyMap<string, Vector>, h: Vector): Vector {
  const logits = Float64Array.from(named.get('output.b') as Vector);
  addProduct(logits, h, named.get('output.W') as Vector);
  return logits;
}

/** sum += row·matrix. */
function addProduct(sum: Vector, row: Vector, matrix: Vector): void {
  for (let i = 0; i < row.length; i++)
    for (let j = 0; j < sum.length; j++) sum[j] += row[i] * matrix[i * sum.length + j];
}

import type { Unit } from './define-unit.js';

/** W: input weights [I,H]; U: recurrent weights [H,H]; V: a weight vector [H], such as a peephole; b: a bias [H]. */
export type Role = 'W' | 'U' | 'V' | 'b';

/** As in the paper, such as W_z; U for a gate without index. */
export function parameterName(role: Role, index: string): string {
  return index === '' ? role : `${role}_${index}`;
}

/** A parameter of the recurrent layer. */
export interface UnitParameter {
  /** Of `parameterName`. */
  readonly name: string;
  readonly role: Role;
  readonly shape: readonly number[];
  /** What its entries start at; W and U start at random. */
  readonly start: number;
}

/**
 * The parameters of the recurrent layer in the order of the flat vector: of each gate W, U and b, as far as it has
 * them; then the weight vectors.
 *
 * @param inputSize I
 * @param hiddenSize H
 */
export function unitParameters(
  { gates, weights }: Unit,
  inputSize: number,
  hiddenSize: number,
): UnitParameter[] {
  const named = (role: Role, index: string, shape: number[], start = 0): UnitParameter => ({
    name: parameterName(role, index),
    role,
    shape,
    start,
  });
  return [
    ...gates.flatMap(({ name, input, recurrent, bias }) => [
      ...(input ? [named('W', name, [inputSize, hiddenSize])] : []),
      ...(recurrent ? [named('U', name, [hiddenSize, hiddenSize])] : []),
      ...(bias === null ? [] : [named('b', name, [hiddenSize], bias)]),
    ]),
    ...weights.map(({ name, start }) => named('V', name, [hiddenSize], start)),
  ];
}

/** Parameters of the recurrent layer, what Table 1 of the paper counts: biases and weight vectors in, output layer out. */
export function recurrentParameters(unit: Unit, inputSize: number, hiddenSize: number): number {
  return unitParameters(unit, inputSize, hiddenSize).reduce(
    (sum, { shape }) => sum + shape.reduce((product, length) => product * length, 1),
    0,
  );
}

/** The H whose count of recurrent parameters comes nearest to a given one; the smaller of two that are as near. */
export function hiddenSizeFor(unit: Unit, inputSize: number, parameters: number): number {
  const count = (hiddenSize: number) => recurrentParameters(unit, inputSize, hiddenSize);
  let [low, high] = [1, 2];
  while (count(high) < parameters) [low, high] = [high, 2 * high];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (count(middle) <= parameters) low = middle;
    else high = middle;
  }
  return count(high) - parameters < parameters - count(low) ? high : low;
}

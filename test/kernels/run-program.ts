import type { Instruction, Loop, Place, Product, Program } from '../../src/kernels/generate/program.js';
import { toCompute } from '../../src/kernels/generate/program.js';
import type { Gate } from '../../src/model/graph/define-unit.js';
import type { Expression, Operation } from '../../src/model/graph/expression.js';
import {
  type ReferenceBatch,
  type ReferenceSizes,
  splitReference,
  VALUES,
} from '../../src/model/graph/reference.js';

type Vector = Float64Array;
type Named = ReadonlyMap<string, Vector>;

/**
 * Runs what is made of a unit's equations before any C++ is: its program, in double precision, on places in memory as
 * native/recurrence.h and native/gradient.h have them, a sequence after another.
 *
 * @param parameters the flat vector, as `referenceNll` takes it
 * @returns the NLL of the batch and its gradient
 */
export function runProgram(
  program: Program,
  sizes: ReferenceSizes,
  parameters: Vector,
  batch: ReferenceBatch,
): { nll: number; gradient: Vector } {
  const gradient = new Float64Array(parameters.length);
  const [weights, sums] = [parameters, gradient].map((flat) => splitReference(program.unit, sizes, flat));
  let nll = 0;
  for (let b = 0; b < batch.active[0]; b++)
    nll += new SequenceRun(program, sizes, weights, sums).run(framesOf(batch, b, sizes));
  return { nll, gradient };
}

interface Frame {
  readonly x: Vector;
  readonly y: Vector;
}

function framesOf({ active, inputs, targets }: ReferenceBatch, b: number, sizes: ReferenceSizes): Frame[] {
  const { inputSize: I, frameSize: D } = sizes;
  const frames: Frame[] = [];
  for (let t = 0, start = 0; t < active.length && active[t] > b; start += active[t++]) {
    const n = start + b;
    frames.push({ x: inputs.subarray(n * I, (n + 1) * I), y: targets.subarray(n * D, (n + 1) * D) });
  }
  return frames;
}

/** What a frame keeps for the backward pass. */
interface Row {
  readonly gates: Vector[];
  readonly states: Vector[];
  readonly operands: Vector[];
  readonly columns: Vector[];
  dh: Vector;
}

class SequenceRun {
  private readonly rows: Row[] = [];
  private readonly gradients: Vector[];
  private readonly products: Vector[];
  private readonly carries: Vector[];

  constructor(
    private readonly program: Program,
    private readonly sizes: ReferenceSizes,
    private readonly weights: Named,
    private readonly sums: Named,
  ) {
    // What no instruction writes before another reads it shows.
    const { unit, operands, carries } = program;
    this.gradients = unit.states.map(() => this.vector(0));
    this.products = this.vectors(operands);
    this.carries = this.vectors(carries);
  }

  run(frames: readonly Frame[]): number {
    let nll = 0;
    for (const [t, frame] of frames.entries()) {
      this.rows.push(this.row(frame));
      this.execute(this.program.forward, t);
      nll += this.output(frame, t);
    }
    for (let t = frames.length - 1; t >= 0; t--) {
      this.execute(this.program.backward, t);
      this.addGradients(frames[t], t);
    }
    return nll;
  }

  private vector(value = Number.NaN): Vector {
    return new Float64Array(this.sizes.hiddenSize).fill(value);
  }

  private vectors(count: number): Vector[] {
    return Array.from({ length: count }, () => this.vector());
  }

  private row({ x }: Frame): Row {
    const { unit, operands, columns } = this.program;
    const sumOf = ({ name, input, bias }: Gate): Vector => {
      const sum = bias === null ? this.vector(0) : this.weight('b', name).slice();
      if (input) addProduct(sum, x, this.weight('W', name));
      return sum;
    };
    return {
      gates: unit.gates.map(sumOf),
      states: this.vectors(unit.states.length),
      operands: this.vectors(operands),
      columns: this.vectors(columns.length),
      dh: this.vector(),
    };
  }

  private weight(role: string, index: string, of = this.weights): Vector {
    return of.get(index === '' ? role : `${role}_${index}`) as Vector;
  }

  /** @returns the frame's NLL; its gradient with respect to h is there then */
  private output({ y }: Frame, t: number): number {
    const h = this.rows[t].states[0];
    const W = this.weights.get('output.W') as Vector;
    const logits = (this.weights.get('output.b') as Vector).slice();
    addProduct(logits, h, W);
    const delta = logits.map((a, d) => VALUES.sigmoid(a) - y[d]);
    addOuter(this.sums.get('output.W') as Vector, h, delta);
    add(this.sums.get('output.b') as Vector, delta);
    this.rows[t].dh = this.vector(0);
    addTransposedProduct(this.rows[t].dh, delta, W);
    return logits.reduce((sum, a, d) => sum + VALUES.softplus(a) - y[d] * a, 0);
  }

  private execute(instructions: readonly Instruction[], t: number): void {
    for (const one of instructions) {
      if (one.kind === 'loop') this.loop(one, t);
      else this.product(one, t);
    }
  }

  private loop({ stores, available }: Loop, t: number): void {
    const values = new Map<Expression, Vector>();
    for (const [one, place] of available) values.set(one, this.at(place, t)?.slice() ?? this.vector());
    const targets = stores.map(({ value }) => value);
    for (const one of toCompute(targets, available)) values.set(one, this.compute(one, values));
    for (const { to, value } of stores) this.at(to, t)?.set(values.get(value) as Vector);
  }

  private compute(one: Expression, values: ReadonlyMap<Expression, Vector>): Vector {
    if (one.kind === 'constant') return this.vector(Number(one.data));
    if (one.kind === 'weight') return this.weight('V', String(one.data));
    const value = VALUES[one.kind as Operation];
    const operands = one.operands.map((operand) => values.get(operand) as Vector);
    return this.vector().map((_, j) => value(...operands.map((operand) => operand[j])));
  }

  private product({ group, place, isTransposed, adds, atFirst }: Product, t: number): void {
    if (t === 0 && atFirst === 'left out') return;
    const there = this.at(place, t) as Vector;
    if (isTransposed && !adds) there.fill(0);
    if (t === 0 && atFirst === 'cleared') return;
    for (const gate of this.program.groups[group].gates) {
      const sum = this.rows[t].gates[this.program.unit.gates.indexOf(gate)];
      if (isTransposed) addTransposedProduct(there, sum, this.weight('U', gate.name));
      else addProduct(sum, there, this.weight('U', gate.name));
    }
  }

  /** The memory of a place at a step; before the first, there is none for the gradient of h. */
  private at({ kind, index }: Place, t: number): Vector | undefined {
    const row = this.rows[t];
    switch (kind) {
      case 'gate':
        return row.gates[index];
      case 'weight':
        return this.weight('V', this.program.unit.weights[index].name);
      case 'before':
        return t === 0 ? this.vector(0) : this.rows[t - 1].states[index];
      case 'after':
        return row.states[index];
      case 'gradient':
        return index === 0 ? row.dh : this.gradients[index];
      case 'gradientBefore':
        return index === 0 ? this.rows[t - 1]?.dh : this.gradients[index];
      case 'operand':
        return row.operands[index];
      case 'product':
        return this.products[index];
      case 'carry':
        return this.carries[index];
      case 'column':
        return row.columns[index];
    }
  }

  private addGradients({ x }: Frame, t: number): void {
    const { unit, groups, diagonals, columns } = this.program;
    const { gates, states } = this.rows[t];
    const sum = (role: string, index: string) => this.weight(role, index, this.sums);
    for (const { gates: own, place } of groups)
      for (const gate of own) {
        const delta = gates[unit.gates.indexOf(gate)];
        if (gate.input) addOuter(sum('W', gate.name), x, delta);
        if (place) addOuter(sum('U', gate.name), this.at(place, t) as Vector, delta);
        if (gate.bias !== null) add(sum('b', gate.name), delta);
      }
    for (const { weight, gate, state, isBefore } of diagonals) {
      const factor = isBefore ? (this.at({ kind: 'before', index: state }, t) as Vector) : states[state];
      add(
        sum('V', unit.weights[weight].name),
        factor.map((value, j) => value * gates[gate][j]),
      );
    }
    for (const [i, weight] of columns.entries())
      add(sum('V', unit.weights[weight].name), this.rows[t].columns[i]);
  }
}

function add(sum: Vector, values: Vector): void {
  for (let j = 0; j < sum.length; j++) sum[j] += values[j];
}

/** sum += row·matrix. */
function addProduct(sum: Vector, row: Vector, matrix: Vector): void {
  for (let i = 0; i < row.length; i++)
    for (let j = 0; j < sum.length; j++) sum[j] += row[i] * matrix[i * sum.length + j];
}

/** sum += row·matrixᵀ. */
function addTransposedProduct(sum: Vector, row: Vector, matrix: Vector): void {
  for (let i = 0; i < sum.length; i++)
    for (let j = 0; j < row.length; j++) sum[i] += row[j] * matrix[i * row.length + j];
}

/** sum += columnᵀ·row. */
function addOuter(sum: Vector, column: Vector, row: Vector): void {
  for (let i = 0; i < column.length; i++)
    for (let j = 0; j < row.length; j++) sum[i * row.length + j] += column[i] * row[j];
}

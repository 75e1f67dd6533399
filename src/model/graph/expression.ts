import { Misuse } from '../../platform/failure.js';
import { quoted } from '../../platform/printable.js';

/** Elementwise operations that equations may use, and those that derivatives and rewrites bring in: how many operands. */
export const OPERANDS = {
  add: 2,
  subtract: 2,
  multiply: 2,
  divide: 2,
  negative: 1,
  /** interpolate(z, a, b) = (1−z)⊙a + z⊙b. */
  interpolate: 3,
  sigmoid: 1,
  tanh: 1,
  relu: 1,
  exp: 1,
  softplus: 1,
  max: 2,
  /** Its argument, through which no gradient passes. */
  stopped: 1,
  /** whereLess(a, b, x, y) = x where a < b, else y. */
  whereLess: 4,
} as const;
export type Operation = keyof typeof OPERANDS;
export const OPERATIONS = Object.keys(OPERANDS) as readonly Operation[];

/**
 * What an expression begins with: a number; a state before the step; the sum of a gate's products and bias; a
 * weight vector; or a value that whoever works on the graph keeps under a name.
 */
export type Leaf = 'constant' | 'state' | 'gate' | 'weight' | 'kept';

/** An expression or a number that stands for a vector of equal entries. */
export type Operand = Expression | number;

/** Of a unit's equations, far beyond any; an endless loop of operations ends here. */
const MOST_OPERATIONS = 2000;

/** Expressions of one unit. Equal expressions are one object; each has a larger `id` than its operands. */
export class Graph {
  readonly expressions: Expression[] = [];
  private readonly known = new Map<string, Expression>();
  private asked = 0;
  private phase: 'equations' | 'defined' | 'derivatives' = 'equations';

  /** @param unit names it in errors */
  constructor(readonly unit: string) {}

  /** The equations end: from here on, nothing but derivatives adds expressions. */
  endEquations(): void {
    this.phase = 'defined';
    this.asked = 0;
  }

  /** Does what adds the expressions of derivatives. */
  derive<T>(work: () => T): T {
    this.phase = 'derivatives';
    try {
      return work();
    } finally {
      this.phase = 'defined';
    }
  }

  leaf(kind: Leaf, data: string | number): Expression {
    return this.find(kind, [], data);
  }

  constant(value: number): Expression {
    if (typeof value !== 'number' || !Number.isFinite(Math.fround(value)))
      throw new Misuse(`unit ${this.unit}: the constant ${quoted(value)} is no finite number`);
    return this.leaf('constant', value);
  }

  apply(operation: Operation, ...operands: readonly Expression[]): Expression {
    return this.find(operation, operands);
  }

  /** @throws Misuse for what is neither a number nor an expression of this unit */
  lift(operand: Operand): Expression {
    if (typeof operand === 'number') return this.constant(operand);
    if (operand instanceof Expression && operand.graph === this) return operand;
    const what = operand instanceof Expression ? 'an expression of another unit' : quoted(operand);
    throw new Misuse(`unit ${this.unit}: an expression or a number is needed where ${what} stands`);
  }

  private find(kind: Operation | Leaf, operands: readonly Expression[], data?: string | number): Expression {
    // Those that are known count as well, or a loop over them would have no end.
    if (this.phase !== 'derivatives' && ++this.asked > MOST_OPERATIONS)
      throw new Misuse(`unit ${this.unit}: its equations have more than ${MOST_OPERATIONS} operations`);
    const key = `${kind} ${operands.map(({ id }) => id).join(' ')} ${data === undefined ? '' : JSON.stringify(data)}`;
    const known = this.known.get(key);
    if (known) return known;
    if (this.phase === 'defined')
      throw new Misuse(`unit ${this.unit}: it is defined, and its expressions are no others'`);
    const made = new Expression(this, this.expressions.length, kind, operands, data);
    this.expressions.push(made);
    this.known.set(key, made);
    return made;
  }
}

/** A vector of H entries, one for each hidden unit, as an expression. Its operations are elementwise. */
export class Expression {
  constructor(
    readonly graph: Graph,
    readonly id: number,
    readonly kind: Operation | Leaf,
    readonly operands: readonly Expression[],
    /** A constant's value, or a leaf's name or number. */
    readonly data?: string | number,
  ) {}

  /** JavaScript's operators and Math ask for a number; they would make NaN of an expression. */
  [Symbol.toPrimitive](hint: string): string {
    if (hint === 'string') return `an expression of unit ${this.graph.unit}`;
    throw new Misuse(
      `unit ${this.graph.unit}: an expression is no number for JavaScript's operators and Math: write a.plus(b), ` +
        'a.minus(b), a.times(b), a.dividedBy(b), and take tanh and the like from gru-bench',
    );
  }

  /** Whether it is this constant. */
  is(value: number): boolean {
    return this.kind === 'constant' && this.data === value;
  }

  plus(operand: Operand): Expression {
    const other = this.graph.lift(operand);
    if (this.is(0)) return other;
    if (other.is(0)) return this;
    if (this.kind === 'constant' && other.kind === 'constant')
      return this.graph.constant(numberOf(this) + numberOf(other));
    if (other.kind === 'negative') return this.minus(other.operands[0]);
    if (this.kind === 'negative') return other.minus(this.operands[0]);
    return interpolation(this, other) ?? this.graph.apply('add', this, other);
  }

  minus(operand: Operand): Expression {
    const other = this.graph.lift(operand);
    if (other.is(0)) return this;
    if (this.is(0)) return other.negative();
    if (other === this) return this.graph.constant(0);
    if (other.kind === 'negative') return this.plus(other.operands[0]);
    return this.graph.apply('subtract', this, other);
  }

  negative(): Expression {
    if (this.kind === 'negative') return this.operands[0];
    if (this.kind === 'constant') return this.graph.constant(-numberOf(this));
    return this.graph.apply('negative', this);
  }

  times(operand: Operand): Expression {
    const other = this.graph.lift(operand);
    if (this.is(0) || other.is(0)) return this.graph.constant(0);
    if (this.is(1)) return other;
    if (other.is(1)) return this;
    if (this.kind === 'negative') return this.operands[0].times(other).negative();
    if (other.kind === 'negative') return this.times(other.operands[0]).negative();
    return this.graph.apply('multiply', this, other);
  }

  dividedBy(operand: Operand): Expression {
    const other = this.graph.lift(operand);
    if (other.is(0)) throw new Misuse(`unit ${this.graph.unit}: a division by 0`);
    if (this.is(0) || other.is(1)) return this;
    return this.graph.apply('divide', this, other);
  }
}

const numberOf = (constant: Expression) => constant.data as number;

/** (1−z)⊙a + z⊙b, in whichever order it is written, is computed as a + z⊙(b−a): a single multiply-add. */
function interpolation(left: Expression, right: Expression): Expression | undefined {
  if (left.kind !== 'multiply' || right.kind !== 'multiply') return undefined;
  const orders: [Expression, Expression][] = [
    [left, right],
    [right, left],
  ];
  for (const [first, second] of orders)
    for (const [rest, a] of [first.operands, [...first.operands].reverse()]) {
      if (rest.kind !== 'subtract' || !rest.operands[0].is(1)) continue;
      const z = rest.operands[1];
      const [c, d] = second.operands;
      if (c === z || d === z) return left.graph.apply('interpolate', z, a, c === z ? d : c);
    }
  return undefined;
}

type Unary = (argument: Expression) => Expression;

function unary(operation: Operation): Unary {
  return (argument) => {
    if (!(argument instanceof Expression))
      throw new Misuse(`${operation} takes an expression of a unit, not ${quoted(argument)}`);
    return argument.graph.apply(operation, argument);
  };
}

/** σ(x) = 1 / (1 + e^−x). */
export const sigmoid = unary('sigmoid');
export const tanh = unary('tanh');
/** max(0, x). */
export const relu = unary('relu');
/** Outside of it, float32 does not hold e^x; native/functions.h has the same. */
export const EXP_RANGE = [-87, 88] as const;
/** e^x; x counts as no smaller than −87 and no larger than 88, so that float32 holds it. */
export const exp = unary('exp');
/** log(1 + e^x). */
export const softplus = unary('softplus');
/** Its argument, through which no gradient passes. */
export const stopped = unary('stopped');

/** The larger of two, entry by entry; where they are equal, the gradient goes to the first. */
export function max(a: Operand, b: Operand): Expression {
  const one = [a, b].find((each) => each instanceof Expression);
  if (!(one instanceof Expression))
    throw new Misuse('max takes an expression of a unit and another or a number');
  return one.graph.apply('max', one.graph.lift(a), one.graph.lift(b));
}

import fc from 'fast-check';
import { type Context, defineUnit, type Unit } from '../../src/model/graph/define-unit.js';
import {
  type Expression,
  exp,
  max,
  relu,
  sigmoid,
  softplus,
  stopped,
  tanh,
} from '../../src/model/graph/expression.js';
import { Misuse } from '../../src/platform/failure.js';

/** Names that a careless generator of C++ would stumble over; '' is a gate or a weight vector without index. */
const STATES = ['h', 'c', 'row', 'int'] as const;
const GATES = ['', 'z', 'c', 'H', 's', 'row', 'j', 'class', 'fma', 'zero', 't', 'at'] as const;
const WEIGHTS = ['', 'at', 'z', 'delta', 'LANES', 'float'] as const;

const KINDS = [
  'gate',
  'peephole',
  'add',
  'subtract',
  'multiply',
  'divide',
  'negative',
  'interpolate',
  'sigmoid',
  'tanh',
  'relu',
  'exp',
  'softplus',
  'max',
  'stopped',
  'weight',
  'constant',
] as const;

/** A value of a unit: an operation on states and on values before it, which numbers choose. */
interface ValueRecipe {
  readonly kind: (typeof KINDS)[number];
  readonly of: readonly [number, number, number];
  readonly recurrent: 'h' | 'value' | 'nothing';
  readonly input: boolean;
  readonly bias: number | false;
  readonly nonlinearity: 'sigmoid' | 'tanh' | 'relu' | 'nothing';
}

/** How a state after the step is made of values. */
interface EndRecipe {
  readonly kind: 'tanh' | 'gated' | 'interpolate' | 'bare' | 'other state';
  readonly of: readonly [number, number];
}

interface Recipe {
  readonly values: readonly ValueRecipe[];
  readonly ends: readonly EndRecipe[];
}

/** Small numbers choose what came last. */
const choice = fc.oneof(
  { weight: 3, arbitrary: fc.nat({ max: 3 }) },
  { weight: 1, arbitrary: fc.nat({ max: 40 }) },
);

const TWO_SIDED = ['add', 'subtract', 'multiply', 'divide', 'interpolate', 'max'] as const;

const values: fc.Arbitrary<ValueRecipe> = fc.record({
  kind: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom('gate', 'gate', 'peephole') },
    { weight: 4, arbitrary: fc.constantFrom(...TWO_SIDED) },
    { weight: 3, arbitrary: fc.constantFrom(...KINDS) },
  ),
  of: fc.tuple(choice, choice, choice),
  recurrent: fc.constantFrom('h', 'value', 'value', 'nothing'),
  input: fc.constantFrom(true, true, false),
  bias: fc.constantFrom(0, 0.5, false as const),
  nonlinearity: fc.constantFrom('sigmoid', 'tanh', 'sigmoid', 'tanh', 'relu', 'nothing'),
});

const ends: fc.Arbitrary<EndRecipe> = fc.record({
  kind: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom('tanh' as const, 'gated' as const, 'interpolate' as const) },
    { weight: 1, arbitrary: fc.constantFrom('bare' as const, 'other state' as const) },
  ),
  of: fc.tuple(choice, choice),
});

const recipes: fc.Arbitrary<Recipe> = fc.record({
  values: fc.array(values, { minLength: 1, maxLength: 30, size: 'max' }),
  ends: fc.array(ends, { minLength: 1, maxLength: STATES.length }),
});

/** Units of up to four states and twelve gates with any operations in any order, called `random`. */
export const randomUnit: fc.Arbitrary<Unit> = fc
  .noBias(recipes)
  .map(unitOf)
  .filter((unit) => unit !== undefined);

/** What a recipe makes with as many of its states as the hidden state depends on; nothing where that is no unit. */
function unitOf({ values, ends }: Recipe): Unit | undefined {
  for (let count = ends.length; count > 0; count--)
    try {
      return defineUnit('random', { states: STATES.slice(0, count) }, (context) => {
        const maker = new Maker(values, context as unknown as Words, STATES.slice(0, count));
        return maker.states(ends.slice(0, count)) as Record<State, Expression>;
      });
    } catch (error) {
      if (!(error instanceof Misuse) || !HANGS_TOGETHER_WITH_NOTHING.test(error.message)) throw error;
    }
  return undefined;
}

type State = (typeof STATES)[number];
type Words = Context<never> & Readonly<Record<State, Expression>>;

const HANGS_TOGETHER_WITH_NOTHING = /does not (depend|vary)|no gate has an input/;
const FUNCTIONS = { sigmoid, tanh, relu, softplus, stopped } as const;

/** Makes what states need and no more: a gate that nothing reads is no unit's. */
class Maker {
  private readonly known = new Map<number, Expression>();
  private readonly before: readonly Expression[];
  private gates = 0;
  private readonly weights: Expression[] = [];

  constructor(
    private readonly values: readonly ValueRecipe[],
    private readonly words: Words,
    private readonly names: readonly State[],
  ) {
    this.before = names.map((name) => words[name]);
  }

  states(ends: readonly EndRecipe[]): Record<string, Expression> {
    return Object.fromEntries(ends.map((end, k) => [this.names[k], this.end(end, k)]));
  }

  private end({ kind, of: [a, b] }: EndRecipe, k: number): Expression {
    const value = () => this.chosen(a, this.values.length);
    const gate = () => sigmoid(this.chosen(b, this.values.length));
    switch (kind) {
      case 'tanh':
        return tanh(value());
      case 'gated':
        return gate().times(tanh(value()));
      case 'interpolate':
        return this.interpolate(gate(), this.before[k], tanh(value()));
      case 'bare':
        return value();
      case 'other state':
        return this.before[a % this.before.length];
    }
  }

  /** Of the states and the values before one, the one that a number chooses. */
  private chosen(choice: number, end: number): Expression {
    const index = this.before.length + end - 1 - (choice % (this.before.length + end));
    return index < this.before.length ? this.before[index] : this.value(index - this.before.length);
  }

  private value(i: number): Expression {
    const value = this.known.get(i) ?? this.make(this.values[i], i);
    this.known.set(i, value);
    return value;
  }

  private make(recipe: ValueRecipe, i: number): Expression {
    const { kind, of } = recipe;
    const operand = (n: number) => this.chosen(of[n], i);
    switch (kind) {
      case 'gate':
      case 'peephole':
        return this.gate(recipe, i);
      case 'weight':
        return this.weighted(operand(0), of[1]);
      case 'constant':
        return operand(0)
          .times(0.5 + (of[1] % 3))
          .minus(of[2] % 3);
      case 'add':
        return operand(0).plus(operand(1));
      case 'subtract':
        return operand(0).minus(operand(1));
      case 'multiply':
        return operand(0).times(operand(1));
      case 'divide':
        return operand(0).dividedBy(sigmoid(operand(1)).plus(0.5));
      case 'negative':
        return operand(0).negative();
      case 'interpolate':
        return this.interpolate(sigmoid(operand(0)), operand(1), operand(2));
      case 'exp':
        return exp(tanh(operand(0)));
      case 'max':
        return max(operand(0), of[1] > 3 ? 0.1 : operand(1));
      default:
        return FUNCTIONS[kind](operand(0));
    }
  }

  /** As many as have names; what came before it stands for any further one. */
  private gate({ kind, of, recurrent, input, bias, nonlinearity }: ValueRecipe, i: number): Expression {
    const value = this.chosen(of[0], i);
    if (this.gates === GATES.length) return value;
    const operand = { h: this.before[0], value, nothing: null }[recurrent];
    const name = GATES[this.gates++];
    const sum = this.words.gate(name, { recurrent: operand, input: input || operand === null, bias });
    const all = kind === 'peephole' ? sum.plus(this.weighted(this.chosen(of[1], i), of[2])) : sum;
    return nonlinearity === 'nothing' ? all : FUNCTIONS[nonlinearity](all);
  }

  /** A value by a new weight vector or, where a number says so or there is no name left, by one that there is. */
  private weighted(value: Expression, choice: number): Expression {
    const isNew = this.weights.length < WEIGHTS.length && (choice < 3 || this.weights.length === 0);
    if (isNew) this.weights.push(this.words.weight(WEIGHTS[this.weights.length]));
    return this.weights[isNew ? this.weights.length - 1 : choice % this.weights.length].times(value);
  }

  private interpolate(z: Expression, a: Expression, b: Expression): Expression {
    return this.words.one.minus(z).times(a).plus(z.times(b));
  }
}

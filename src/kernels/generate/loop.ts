import { gateName } from '../../model/graph/equations.js';
import type { Expression } from '../../model/graph/expression.js';
import { addressOf, samePlace } from './places.js';
import { type Loop, type Place, type Program, type Store, toCompute } from './program.js';

/** How strongly what stands around a text binds; brackets go around what binds less. */
const PRECEDENCE: Readonly<Record<string, number>> = { add: 1, subtract: 1, multiply: 2, divide: 2 };
/** How deep expressions nest in one line at most: compilers refuse what nests far deeper. */
const MOST_NESTING = 64;
/** Longer names than this are not derived from one another: a chain of operations would have no end of them. */
const LONGEST_NAME = 40;
const SYMBOLS: Readonly<Record<string, string>> = { add: '+', subtract: '-', multiply: '*', divide: '/' };

/** C++ of an elementwise loop over the rows and vectors of a step, in the functions of native/value.h. */
export function loopText(program: Program, loop: Loop): string[] {
  return new LoopWriter(program, loop).text();
}

class LoopWriter {
  /** How often each expression stands in the text, should none have a name. */
  private readonly uses = new Map<Expression, number>();
  private readonly names = new Map<Expression, string>();
  private readonly taken = new Set(['s', 'H']);
  /** By their base: name, and whether anything is stored through it. */
  private readonly pointers = new Map<string, { name: string; row: string | null; isConst: boolean }>();
  private readonly lines: string[] = [];
  private readonly hints: ReadonlyMap<Expression, string>;

  constructor(
    private readonly program: Program,
    private readonly loop: Loop,
  ) {
    this.hints = hintsOf(program, loop);
    this.count();
    this.nameWhatIsStoredOver();
  }

  text(): string[] {
    this.writeWhatNestsTooDeep();
    // Everything is read before anything is stored, since places are used again.
    const values = this.loop.stores.map(({ value }) => this.write(value));
    const stores = this.loop.stores.map((store, i) => this.storeText(store, values[i]));
    const declared = [true, false].flatMap((isConst) => this.declarations(isConst));
    const body = [...this.lines, ...stores];
    return [
      'for (int64_t row = 0; row < s.rows; row++) {',
      ...declared,
      'for (int64_t j = 0; j < H; j += LANES)',
      ...(body.length > 1 ? ['{', ...body, '}'] : body),
      '}',
    ];
  }

  private count(): void {
    const { stores, available } = this.loop;
    const values = stores.map(({ value }) => value);
    const use = (one: Expression) => this.uses.set(one, (this.uses.get(one) ?? 0) + 1);
    values.forEach(use);
    for (const one of toCompute(values, available)) {
      one.operands.forEach(use);
      // a + z(b − a) has a twice.
      if (one.kind === 'interpolate') use(one.operands[1]);
    }
  }

  /** What has a name is read before the stores: what a place holds, unless only the store to it reads that. */
  private nameWhatIsStoredOver(): void {
    for (const [one, uses] of this.uses) {
      const place = this.loop.available.get(one);
      const over = place && this.loop.stores.filter(({ to }) => samePlace(to, place));
      if (over?.some(({ value }) => !this.reads(value, one))) this.uses.set(one, uses + 1);
    }
  }

  /** What is so deep gets a line and a name of its own before all else. */
  private writeWhatNestsTooDeep(): void {
    const { stores, available } = this.loop;
    const depths = new Map<Expression, number>();
    const deep = toCompute(
      stores.map(({ value }) => value),
      available,
    ).filter((one) => {
      const depth = 1 + Math.max(0, ...one.operands.map((operand) => depths.get(operand) ?? 0));
      depths.set(one, depth % MOST_NESTING);
      return depth === MOST_NESTING;
    });
    for (const one of deep) {
      this.uses.set(one, 2);
      this.write(one);
    }
  }

  private reads(from: Expression, one: Expression): boolean {
    return (
      from === one || toCompute([from], this.loop.available).some(({ operands }) => operands.includes(one))
    );
  }

  private pointerTo(place: Place, isConst: boolean): string {
    const { pointer, base, row } = addressOf(this.program, place);
    const known = this.pointers.get(base);
    const name = known?.name ?? this.fresh(pointer);
    this.pointers.set(base, { name, row, isConst: isConst && (known?.isConst ?? true) });
    return `${name} + j`;
  }

  private declarations(isConst: boolean): string[] {
    const chosen = [...this.pointers].filter(([, pointer]) => pointer.isConst === isConst);
    if (chosen.length === 0) return [];
    const list = chosen.map(([base, { name, row }]) => `*${name} = ${base}${row ? ` + row * s.${row}` : ''}`);
    return [`${isConst ? 'const ' : ''}float ${list.join(', ')};`];
  }

  private fresh(name: string): string {
    let free = name;
    for (let n = 2; this.taken.has(free); n++) free = `${name}_${n}`;
    this.taken.add(free);
    return free;
  }

  /** The text of an expression; what stands more than once gets a line and a name of its own. */
  private write(one: Expression, outer = 0, isRight = false): string {
    const known = this.names.get(one);
    if (known) return known;
    if ((this.uses.get(one) ?? 0) <= 1 || one.kind === 'constant') return this.inPlace(one, outer, isRight);
    const text = this.inPlace(one, 0, false);
    const name = this.fresh(this.hints.get(one) ?? this.derivedName(one));
    this.names.set(one, name);
    this.lines.push(`const Value ${name} = ${text};`);
    return name;
  }

  private inPlace(one: Expression, outer: number, isRight: boolean): string {
    const place = this.placeOf(one);
    return place ? `value(${this.pointerTo(place, true)})` : this.operation(one, outer, isRight);
  }

  private placeOf(one: Expression): Place | undefined {
    const place = this.loop.available.get(one);
    if (place || one.kind !== 'weight') return place;
    return { kind: 'weight', index: this.program.unit.weights.findIndex(({ vector }) => vector === one) };
  }

  private operation(one: Expression, outer: number, isRight: boolean): string {
    const [a, b, c, d] = one.operands;
    switch (one.kind) {
      case 'constant':
        return `constant(${floatLiteral(Number(one.data))})`;
      case 'add':
        if (this.isPlainProduct(a)) return this.multiplyAdd(a, b);
        if (this.isPlainProduct(b)) return this.multiplyAdd(b, a);
        break;
      case 'subtract':
        if (a.is(1)) return `one_minus(${this.write(b)})`;
        break;
      case 'negative':
        return bracketed(`constant(0.0f) - ${this.write(a, 1, true)}`, 1, outer, isRight);
      case 'interpolate':
        return `fma(${this.write(a)}, ${this.write(c, 1)} - ${this.write(b, 1, true)}, ${this.write(b)})`;
      case 'whereLess':
        return `select(less(${this.write(a)}, ${this.write(b)}), ${this.write(c)}, ${this.write(d)})`;
      case 'relu':
        return `max(constant(0.0f), ${this.write(a)})`;
      case 'softplus':
        return `softplus(${this.write(a)}).value`;
      case 'stopped':
        return this.write(a, outer, isRight);
      case 'max':
        return `max(${this.write(a)}, ${this.write(b)})`;
    }
    const own = PRECEDENCE[one.kind];
    if (own === undefined) return `${one.kind}(${this.write(a)})`;
    const text = `${this.write(a, own)} ${SYMBOLS[one.kind]} ${this.write(b, own, true)}`;
    return bracketed(text, own, outer, isRight);
  }

  /** Whether it is a product that stands only here, so that a sum with it is one multiply-add. */
  private isPlainProduct(one: Expression): boolean {
    return one.kind === 'multiply' && this.uses.get(one) === 1 && !this.loop.available.has(one);
  }

  private multiplyAdd({ operands: [a, b] }: Expression, summand: Expression): string {
    return `fma(${this.write(a)}, ${this.write(b)}, ${this.write(summand)})`;
  }

  /** A name for what the equations have none for: tanh_c, one_minus_z. */
  private derivedName(one: Expression): string {
    const isRest = one.kind === 'subtract' && one.operands[0].is(1);
    const of = isRest ? one.operands[1] : one.operands.length === 1 ? one.operands[0] : undefined;
    const name = of && (this.names.get(of) ?? this.hints.get(of));
    const place = this.loop.available.get(one);
    if (place) return addressOf(this.program, place).pointer.replace(/_at$/, '_j');
    const derived = `${isRest ? 'one_minus' : one.kind}_${name?.replace(/_j$/, '')}`;
    return name && derived.length <= LONGEST_NAME ? derived : 't';
  }

  private storeText({ to }: Store, value: string): string {
    const pointer = this.pointerTo(to, false);
    // A vector that reaches into the columns of the next gate must not change them.
    const text = this.isAlone(to)
      ? `store(${pointer}, ${value});`
      : `store_first(${pointer}, ${value}, H - j);`;
    return to.kind === 'gradientBefore' && to.index === 0 ? `if (!s.first) ${text}` : text;
  }

  private isAlone({ kind, index }: Place): boolean {
    if (kind !== 'gate') return kind !== 'column';
    const { unit, groups } = this.program;
    return groups.some(({ gates }) => gates.length === 1 && gates[0] === unit.gates[index]);
  }
}

/** What the values in a loop are called. */
function hintsOf({ unit, names }: Program, { stores, available }: Loop): Map<Expression, string> {
  const hints = new Map(names);
  const gateOf = (index: number) => gateName(unit, unit.gates[index]);
  for (const [value, { kind, index }] of available)
    if (kind === 'gate' && value.kind !== 'gate') hints.set(value, `${gateOf(index)}_j`);
  for (const { to, value } of stores)
    if (to.kind === 'gate' && !names.get(value)?.startsWith('delta_'))
      hints.set(value, `${gateOf(to.index)}_j`);
  return hints;
}

function bracketed(text: string, own: number, outer: number, isRight: boolean): string {
  return own < outer || (own === outer && isRight) ? `(${text})` : text;
}

/** The float32 nearest to a number, which a compiler may miss where its decimal digits are between two. */
function floatLiteral(value: number): string {
  const digits = String(Math.fround(value));
  return `${/[.e]/.test(digits) ? digits : `${digits}.0`}f`;
}

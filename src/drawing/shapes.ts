import type { Gate, Unit } from '../model/graph/define-unit.js';
import { expressionsOf, gateValues } from '../model/graph/equations.js';
import type { Expression } from '../model/graph/expression.js';
import { readersOf } from '../model/graph/walk.js';
import type { Shape, Term, Text } from './diagram.js';
import { type Notation, namedValues, parameterNotation, sharing } from './notation.js';

/** An expression as a node, and what flows into it. */
export interface Drawn {
  readonly shape: Shape;
  readonly operands: readonly (Expression | 'input')[];
}

/** What decides how an expression is drawn, besides itself. */
interface Setting {
  readonly unit: Unit;
  readonly named: ReadonlyMap<Expression, Notation>;
  readonly gateOf: ReadonlyMap<Expression, Gate>;
  readonly readers: ReadonlyMap<Expression, readonly Expression[]>;
  /** Whether one place alone needs an expression, so that it may be drawn within that place's node. */
  isWithin(one: Expression): boolean;
}

/** How each expression of a unit is drawn. */
export function shapesOf(unit: Unit): (one: Expression) => Drawn {
  const named = namedValues(unit);
  const isShared = sharing(unit);
  const setting: Setting = {
    unit,
    named,
    gateOf: new Map([...gateValues(unit)].map(([gate, value]) => [value, gate])),
    readers: readersOf(expressionsOf(unit).all),
    isWithin: (one) => !isShared(one) && !named.has(one),
  };
  return (one) => shapeOf(one, setting);
}

/** Functions that are drawn together with the sum that they are of. */
const OF_A_SUM: readonly Expression['kind'][] = ['sigmoid', 'tanh', 'relu', 'exp', 'softplus'];

function shapeOf(one: Expression, setting: Setting): Drawn {
  const { named, unit, gateOf, isWithin } = setting;
  const gate = gateOf.get(one);
  if (gate) return sumNode('gate', one, gateTerms(gate, one, setting), setting);
  const [a, b, c] = one.operands;
  switch (one.kind) {
    case 'constant':
    case 'weight':
      return functionNode([fixedText(one)], []);
    case 'gate': {
      const own = unit.gates.find(({ sum }) => sum === one) as Gate;
      return sumNode('gate', one, ownTerms(own), setting);
    }
    case 'interpolate':
      return { shape: { kind: 'blend', factor: named.get(a) }, operands: [b, a, c] };
    case 'add':
    case 'multiply':
      return ofOneOperand(one, named) ?? { shape: { kind: one.kind }, operands: partsOf(one, setting) };
    case 'subtract':
    case 'divide':
      return ofOneOperand(one, named) ?? { shape: { kind: one.kind }, operands: one.operands };
    case 'max':
      return ofOneOperand(one, named) ?? functionNode(['max'], one.operands);
    case 'stopped':
      return a.kind === 'max' && isWithin(a)
        ? functionNode(['stop max'], a.operands)
        : functionNode(['stop'], [a]);
    default:
      return OF_A_SUM.includes(one.kind) && isWithin(a) && isSum(a)
        ? sumNode('sum', one, summands(a, '+', setting), setting)
        : functionNode([functionText(one)], one.operands);
  }
}

interface Summand extends Term {
  /** What flows in; nothing for a constant. */
  readonly of?: Expression | 'input';
}

function sumNode(
  kind: 'gate' | 'sum',
  value: Expression,
  terms: readonly Summand[],
  setting: Setting,
): Drawn {
  const shape: Shape = {
    kind,
    notation: bearsName(value, setting) ? setting.named.get(value) : undefined,
    terms: terms.map((term) => ({ kind: term.kind, text: term.text })),
    function: value.kind === 'gate' ? '' : functionText(value),
  };
  return { shape, operands: terms.flatMap(({ of }) => of ?? []) };
}

/** A gate does; where it is a state after the step, the state's name is at the right. */
function bearsName(value: Expression, { unit, named, gateOf }: Setting): boolean {
  return gateOf.has(value) && named.has(value) && unit.states.every(({ after }) => after !== value);
}

/** The terms of a gate's sum, after those that are added to it on the way to the gate's value. */
function gateTerms(gate: Gate, value: Expression, setting: Setting): Summand[] {
  const added: Summand[] = [];
  const whole = value === gate.sum ? value : value.operands[0];
  for (let one = gate.sum; one !== whole; ) {
    const [reader] = setting.readers.get(one) ?? [];
    const [a, b] = reader.operands;
    // Where it is the gate's sum that is subtracted, that sum is a node of its own.
    if (reader.kind === 'subtract' && b === one) return summands(whole, '+', setting);
    added.push(summand(a === one ? b : a, reader.kind === 'subtract' ? '−' : '+', setting));
    one = reader;
  }
  return [...added, ...ownTerms(gate, bearsName(value, setting))];
}

/** An index that is longer is not repeated at each parameter of a gate that bears the name. */
const LONGEST_INDEX = 4;

function ownTerms({ name, recurrent, input, bias }: Gate, bearsName = false): Summand[] {
  const index = bearsName && name.length > LONGEST_INDEX ? '' : name;
  const text = (role: 'U' | 'W' | 'b') => [parameterNotation(role, index)];
  return [
    ...(recurrent ? [{ kind: 'U', text: text('U'), of: recurrent } as const] : []),
    ...(input ? [{ kind: 'W', text: text('W'), of: 'input' } as const] : []),
    ...(bias === null ? [] : [{ kind: 'constant', text: text('b') } as const]),
  ];
}

type Sign = '+' | '−';
const OPPOSITE: Readonly<Record<Sign, Sign>> = { '+': '−', '−': '+' };

const isSum = ({ kind }: Expression) => kind === 'add' || kind === 'subtract' || kind === 'negative';

/** a − (b + c) is a sum of three, as far as nothing else needs its parts. */
function summands(one: Expression, sign: Sign, setting: Setting): Summand[] {
  const [a, b] = one.operands;
  const within = (part: Expression, own: Sign) =>
    isSum(part) && setting.isWithin(part) ? summands(part, own, setting) : [summand(part, own, setting)];
  switch (one.kind) {
    case 'add':
      return [...within(a, sign), ...within(b, sign)];
    case 'subtract':
      return [...within(a, sign), ...within(b, OPPOSITE[sign])];
    default:
      return within(a, OPPOSITE[sign]);
  }
}

function summand(one: Expression, sign: Sign, { isWithin }: Setting): Summand {
  const signed = (text: Text): Text => (sign === '−' ? ['−', ...text] : text);
  if (isFixed(one)) return { kind: 'constant', text: signed([fixedText(one)]) };
  const weight = one.kind === 'multiply' && one.operands.find(({ kind }) => kind === 'weight');
  if (!weight || !isWithin(one)) return { kind: 'operand', text: [sign], of: one };
  const [a, b] = one.operands;
  return { kind: 'V', text: signed([fixedText(weight)]), of: a === weight ? b : a };
}

/** More summands or factors than that are not drawn as one node. */
const MOST_OPERANDS = 3;

/** a + (b + c) is one node, as far as nothing else needs b + c. */
function partsOf(one: Expression, { isWithin, named }: Setting): readonly Expression[] {
  const parts = one.operands.flatMap((operand) =>
    operand.kind === one.kind && isWithin(operand) && !ofOneOperand(operand, named)
      ? operand.operands
      : [operand],
  );
  return parts.length > MOST_OPERANDS ? one.operands : parts;
}

/** An operation with a constant or a weight vector is a function of its other operand. */
function ofOneOperand(one: Expression, named: ReadonlyMap<Expression, Notation>): Drawn | undefined {
  const [a, b] = one.operands;
  if (isFixed(a) === isFixed(b)) return undefined;
  const [fixed, other] = isFixed(a) ? [a, b] : [b, a];
  const isFirst = fixed === a;
  const text = fixedText(fixed);
  const name = named.get(other) ?? '·';
  switch (one.kind) {
    case 'add':
      return functionNode(['+ ', text], [other]);
    case 'multiply':
      return functionNode([text, fixed.kind === 'weight' ? ' ⊙' : ' ×'], [other]);
    case 'subtract':
      return functionNode(isFirst ? [text, ' − ', name] : ['− ', text], [other]);
    case 'divide':
      return functionNode(isFirst ? [text, ' / ', name] : ['/ ', text], [other]);
    default:
      return functionNode(['max(', name, ', ', text, ')'], [other]);
  }
}

function functionNode(text: Text, operands: readonly Expression[]): Drawn {
  return { shape: { kind: 'function', text }, operands };
}

const FUNCTIONS: Readonly<Partial<Record<Expression['kind'], string>>> = { sigmoid: 'σ', negative: '−' };
const functionText = ({ kind }: Expression) => FUNCTIONS[kind] ?? kind;

const isFixed = ({ kind }: Expression) => kind === 'constant' || kind === 'weight';
const fixedText = ({ kind, data }: Expression) =>
  kind === 'weight' ? parameterNotation('V', String(data)) : String(data).replace('-', '−');

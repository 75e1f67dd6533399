import type { Gate, Unit } from '../model/graph/define-unit.js';
import { expressionsOf, gateValues } from '../model/graph/equations.js';
import type { Expression } from '../model/graph/expression.js';
import { readersOf } from '../model/graph/walk.js';
import type { Shape, Term, Text } from './diagram.js';
import { namedValues, parameterNotation, sharing } from './notation.js';

/** An expression as a node, and what flows into it. */
export interface Drawn {
  readonly shape: Shape;
  readonly operands: readonly (Expression | 'input')[];
}

interface Summand extends Term {
  /** What flows in; nothing for a constant. */
  readonly of?: Expression | 'input';
}

/** More summands or factors than that are not drawn as one node. */
const MOST_OPERANDS = 3;
/** An index that is longer is not repeated at each parameter of a gate that bears the name. */
const LONGEST_INDEX = 4;

const FUNCTIONS: Readonly<Record<string, string>> = { sigmoid: 'σ', negative: '−', stopped: 'stop' };
/** Functions that are drawn together with the sum that they are of. */
const OF_A_SUM: readonly string[] = ['sigmoid', 'tanh', 'relu', 'exp', 'softplus'];

/** How each expression of a unit is drawn. What only one place needs may be drawn within that place's node. */
export function shapesOf(unit: Unit): (one: Expression) => Drawn {
  const named = namedValues(unit);
  const gateOf = new Map([...gateValues(unit)].map(([gate, value]) => [value, gate]));
  const readers = readersOf(expressionsOf(unit).all);
  const isShared = sharing(unit);
  const isWithin = (one: Expression) => !isShared(one) && !named.has(one);

  const shapeOf = (one: Expression): Drawn => {
    const gate = gateOf.get(one);
    if (gate) return sumNode('gate', one, gateTerms(gate, one));
    const [a, b, c] = one.operands;
    switch (one.kind) {
      case 'constant':
      case 'weight':
        return { shape: { kind: 'function', text: [fixedText(one)] }, operands: [] };
      case 'gate':
        return sumNode('gate', one, ownTerms(gateWith(one), false));
      case 'interpolate':
        return { shape: { kind: 'blend', factor: named.get(a) }, operands: [b, a, c] };
      case 'add':
      case 'multiply':
        return ofOneOperand(one) ?? { shape: { kind: one.kind }, operands: partsOf(one) };
      case 'subtract':
      case 'divide':
        return ofOneOperand(one) ?? { shape: { kind: one.kind }, operands: one.operands };
      case 'max':
        return ofOneOperand(one) ?? functionNode('max', one.operands);
      case 'stopped':
        return a.kind === 'max' && isWithin(a)
          ? functionNode('stop max', a.operands)
          : functionNode('stop', [a]);
      default: {
        const isSum = OF_A_SUM.includes(one.kind) && isWithin(a) && SUMS.includes(a.kind);
        return isSum ? sumNode('sum', one, summands(a, '+')) : functionNode(functionText(one), one.operands);
      }
    }
  };

  const sumNode = (kind: 'gate' | 'sum', value: Expression, terms: readonly Summand[]): Drawn => ({
    shape: {
      kind,
      notation: bearsName(value) ? named.get(value) : undefined,
      terms: terms.map(({ kind, text }) => ({ kind, text })),
      function: value.kind === 'gate' ? '' : functionText(value),
    },
    operands: terms.flatMap(({ of }) => of ?? []),
  });
  /** A gate does, unless it is a state after the step, which is written at the right. */
  const bearsName = (value: Expression) =>
    gateOf.has(value) && named.has(value) && unit.states.every(({ after }) => after !== value);
  const gateWith = (sum: Expression) => unit.gates.find((gate) => gate.sum === sum) as Gate;

  /** The terms of a gate's sum, after those that are added to it on the way to the gate's value. */
  const gateTerms = (gate: Gate, value: Expression): Summand[] => {
    const added: Summand[] = [];
    const whole = value === gate.sum ? value : value.operands[0];
    for (let one = gate.sum; one !== whole; ) {
      const [sum] = readers.get(one) ?? [];
      const [a, b] = sum.operands;
      // Where it is the gate's sum that is subtracted, that sum is a node of its own.
      if (sum.kind === 'subtract' && b === one) return summands(whole, '+');
      added.push(summand(a === one ? b : a, sum.kind === 'subtract' ? '−' : '+'));
      one = sum;
    }
    return [...added, ...ownTerms(gate, bearsName(value))];
  };
  /** a − (b + c) is a sum of three, as far as nothing else needs its parts. */
  const summands = (one: Expression, sign: Sign): Summand[] => {
    const [a, b] = one.operands;
    const within = (each: Expression, own: Sign) =>
      isWithin(each) && SUMS.includes(each.kind) ? summands(each, own) : [summand(each, own)];
    switch (one.kind) {
      case 'add':
        return [...within(a, sign), ...within(b, sign)];
      case 'subtract':
        return [...within(a, sign), ...within(b, OPPOSITE[sign])];
      default:
        return within(a, OPPOSITE[sign]);
    }
  };
  const summand = (one: Expression, sign: Sign): Summand => {
    const signed = (text: Text): Text => (sign === '−' ? ['−', ...text] : text);
    if (isFixed(one)) return { kind: 'constant', text: signed([fixedText(one)]) };
    const weight = one.kind === 'multiply' && one.operands.find(({ kind }) => kind === 'weight');
    if (!weight || !isWithin(one)) return { kind: 'operand', text: [sign], of: one };
    const [a, b] = one.operands;
    return { kind: 'V', text: signed([fixedText(weight)]), of: a === weight ? b : a };
  };

  /** a + (b + c) is one node, as far as nothing else needs b + c. */
  const partsOf = (one: Expression): readonly Expression[] => {
    const parts = one.operands.flatMap((operand) =>
      operand.kind === one.kind && isWithin(operand) && !ofOneOperand(operand) ? operand.operands : [operand],
    );
    return parts.length > MOST_OPERANDS ? one.operands : parts;
  };
  /** An operation with a constant or a weight vector is a function of its other operand. */
  const ofOneOperand = (one: Expression): Drawn | undefined => {
    const [a, b] = one.operands;
    if (isFixed(a) === isFixed(b)) return undefined;
    const [fixed, other] = isFixed(a) ? [a, b] : [b, a];
    const text = fixedText(fixed);
    const isFirst = fixed === a;
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
  };
  return shapeOf;
}

type Sign = '+' | '−';
const OPPOSITE: Readonly<Record<Sign, Sign>> = { '+': '−', '−': '+' };
const SUMS: readonly string[] = ['add', 'subtract', 'negative'];

const isFixed = ({ kind }: Expression) => kind === 'constant' || kind === 'weight';
const fixedText = ({ kind, data }: Expression) =>
  kind === 'weight' ? parameterNotation('V', String(data)) : String(data).replace('-', '−');
const functionText = ({ kind }: Expression) => FUNCTIONS[kind] ?? kind;

function functionNode(text: string | Text, operands: readonly Expression[]): Drawn {
  return { shape: { kind: 'function', text: typeof text === 'string' ? [text] : text }, operands };
}

/** @param bearsName whether the node bears the gate's name */
function ownTerms({ name, recurrent, input, bias }: Gate, bearsName: boolean): Summand[] {
  const index = bearsName && name.length > LONGEST_INDEX ? '' : name;
  const text = (role: 'U' | 'W' | 'b') => [parameterNotation(role, index)];
  return [
    ...(recurrent ? [{ kind: 'U', text: text('U'), of: recurrent } as const] : []),
    ...(input ? [{ kind: 'W', text: text('W'), of: 'input' } as const] : []),
    ...(bias === null ? [] : [{ kind: 'constant', text: text('b') } as const]),
  ];
}

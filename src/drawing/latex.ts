import type { Gate, Unit } from '../model/graph/define-unit.js';
import type { Expression } from '../model/graph/expression.js';
import { INPUT, type Notation, namedValues, parameterNotation, stateNotation } from './notation.js';

/**
 * A unit's equations in LaTeX, as the paper prints them: z_t = σ(W_z x_t + U_z h_{t−1} + b_z), a line each in an
 * `aligned` block. Needs amsmath.
 */
export function unitLatex(unit: Unit): string {
  const named = namedValues(unit);
  const inline = (one: Expression, outer: number): string => {
    const name = named.get(one);
    return name ? nameLatex(name, 't') : written(one, outer);
  };
  /** @param outer how tightly what stands around it binds: what binds less stands in brackets */
  const written = (one: Expression, outer: number): string => {
    const bracket = (own: number, text: string) => (own < outer ? inBrackets(text) : text);
    const [a, b, c] = one.operands;
    switch (one.kind) {
      case 'constant':
        return bracket(Number(one.data) < 0 ? ANY : OPERAND, numberLatex(Number(one.data)));
      case 'state':
        return nameLatex(stateNotation(String(one.data)), 't-1');
      case 'weight':
        return nameLatex(parameterNotation('V', String(one.data)));
      case 'gate':
        return bracket(SUM, sumLatex(unit.gates.find(({ sum }) => sum === one) as Gate));
      case 'negative':
        return bracket(SUM, `-${inline(a, PRODUCT)}`);
      case 'interpolate':
        return bracket(
          SUM,
          `(1 - ${inline(a, PRODUCT)}) \\odot ${inline(b, PRODUCT)} + ${inline(a, PRODUCT)} \\odot ${inline(c, PRODUCT)}`,
        );
      case 'add':
        return bracket(SUM, `${inline(a, SUM)} + ${inline(b, SUM)}`);
      case 'subtract':
        return bracket(SUM, `${inline(a, SUM)} - ${inline(b, PRODUCT)}`);
      case 'multiply': {
        const isScaled = a.kind === 'constant' || b.kind === 'constant';
        const factors = b.kind === 'constant' ? [b, a] : [a, b];
        const product = factors.map((each) => inline(each, PRODUCT)).join(isScaled ? ' \\cdot ' : ' \\odot ');
        return bracket(PRODUCT, product);
      }
      case 'divide':
        return `\\frac{${inline(a, ANY)}}{${inline(b, ANY)}}`;
      default:
        return `${FUNCTIONS[one.kind] ?? `\\mathrm{${one.kind}}`}${inBrackets(one.operands.map((each) => inline(each, ANY)).join(', '))}`;
    }
  };
  const sumLatex = ({ name, input, recurrent, bias }: Gate): string =>
    [
      ...(input ? [`${nameLatex(parameterNotation('W', name))} ${nameLatex(INPUT, 't')}`] : []),
      ...(recurrent ? [`${nameLatex(parameterNotation('U', name))} ${inline(recurrent, OPERAND)}`] : []),
      ...(bias === null ? [] : [nameLatex(parameterNotation('b', name))]),
    ].join(' + ');

  const lines = [...named].map(([value, name]) => [name, written(value, ANY)] as const);
  const others = unit.states.flatMap(({ name, after }) => {
    const own = stateNotation(name);
    const isWritten = named.get(after)?.base === own.base && named.get(after)?.accent === own.accent;
    return isWritten ? [] : [[own, inline(after, ANY)] as const];
  });
  const equations = [...lines, ...others].map(([name, value]) => `${nameLatex(name, 't')} &= ${value}`);
  return `\\begin{aligned}\n${equations.join(' \\\\\n')}\n\\end{aligned}`;
}

/** How tightly an operation binds. */
const [ANY, SUM, PRODUCT, OPERAND] = [0, 1, 2, 3];

const FUNCTIONS: Readonly<Partial<Record<Expression['kind'], string>>> = {
  sigmoid: '\\sigma',
  tanh: '\\tanh',
  exp: '\\exp',
  max: '\\max',
};

function inBrackets(text: string): string {
  return text.includes('\\frac') ? `\\left(${text}\\right)` : `(${text})`;
}

/** @param time index of the step, for what each step has anew */
function nameLatex({ base, accent, index }: Notation, time?: string): string {
  const letters = wordLatex(base);
  const wide = base.length > 1 ? 'wide' : '';
  const whole = accent ? `\\${wide}${accent}{${letters}}` : letters;
  const indices = [...(index === undefined ? [] : [wordLatex(index)]), ...(time === undefined ? [] : [time])];
  if (indices.length === 0) return whole;
  const all = indices.join(',');
  return `${whole}_${all.length === 1 ? all : `{${all}}`}`;
}

/** A letter or a number as it is, a word upright. */
function wordLatex(word: string): string {
  return /^([A-Za-z]|\d+)$/.test(word) ? word : `\\mathrm{${word}}`;
}

function numberLatex(value: number): string {
  const [digits, exponent] = String(value).split('e');
  return exponent === undefined ? digits : `${digits} \\cdot 10^{${Number(exponent)}}`;
}

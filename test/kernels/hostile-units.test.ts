import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../src/kernels/generate/compile.js';
import { unitHeader, unitsHeader } from '../../src/kernels/generate/header.js';
import { defineUnit, type Unit } from '../../src/model/graph/define-unit.js';
import { canonicalText } from '../../src/model/graph/equations.js';
import { type Expression, max, sigmoid, tanh } from '../../src/model/graph/expression.js';
import { referenceNll } from '../../src/model/graph/reference.js';
import { unitHash } from '../../src/model/graph/unit-hash.js';
import { unitNamed } from '../../src/model/units/registry.js';
import { startBackend } from '../../src/platform/backend.js';
import { Misuse } from '../../src/platform/failure.js';
import { quoted, UNPRINTABLE } from '../../src/platform/printable.js';
import { runProgram } from './run-program.js';
import { composedResult, unitCase } from './unit-case.js';

// biome-ignore lint/suspicious/noExplicitAny: what a user's file says has no type.
type Anything = any;
const define = defineUnit as (...words: Anything[]) => Unit;
const gateOf = (name: unknown, options?: unknown) => () =>
  define('one', ({ gate }: Anything) => ({ h: tanh(gate(name, options)) }));

/** It is refused in one sentence of one line that no terminal obeys. */
function expectSentence(definition: () => unknown, about: RegExp): void {
  expect(definition).toThrow(Misuse);
  expect(definition).toThrow(about);
  expect(definition).toThrow(/^(unit (one|gru): |a unit's name ).{10,400}$/u);
  expect(definition).not.toThrow(UNPRINTABLE);
}

const NAMES = [
  'a"b',
  "a'b",
  'a/b',
  '../b',
  'C:\\b',
  'a\nb',
  'a\0b',
  'a*/b',
  'a//b',
  'a;b',
  'a b',
  'naïve',
  '门',
  '\u{1f600}',
  '\ud800',
  'a\u2028b',
  'a\u202eb',
  '__proto__',
  '1a',
  '-',
  '?',
  ' ',
  'x'.repeat(1_000_000),
  7,
  null,
  Number.NaN,
  Symbol('a\nb'),
  Object.create(null),
  ['a'],
  () => 'a',
];

describe('refused in one sentence', () => {
  it.each([...NAMES, '', 'a-', 'a--b', '-a', 'Ab', 'constructor\n'].map((name) => [quoted(name), name]))(
    'a unit called %s',
    (_, name) => {
      expectSentence(
        () => define(name, ({ gate }: Anything) => ({ h: gate('') })),
        /^a unit's name is made of/,
      );
    },
  );

  it.each(NAMES.map((name) => [quoted(name), name]))('a gate, a weight or a state called %s', (_, name) => {
    expectSentence(gateOf(name), /a gate's name is a letter/);
    expectSentence(
      () => define('one', ({ gate, weight }: Anything) => ({ h: gate('').plus(weight(name)) })),
      /a weight's name is a letter/,
    );
    expectSentence(() => define('one', { states: ['h', name] }, () => ({})), /a state's name is a letter/);
  });

  it.each([
    ['a line', 'a\nb'],
    ['another line', 'a\u2028b'],
    ['a terminal', '\u001b[2J'],
    ['the direction of writing', '\u202e}'],
    ['more than a line', 'x'.repeat(201)],
    ['no text', 5],
  ])('a title and a source with %s', (_, text) => {
    for (const options of [{ title: text }, { source: text }])
      expectSentence(
        () => define('one', options, ({ gate }: Anything) => ({ h: gate('') })),
        /text of at most/,
      );
  });

  it.each<[string, unknown, RegExp]>([
    ['options that are text', 'recurrent', /options of gate "a" are an object, not "recurrent"/],
    ['options that are null', null, /are an object, not null/],
    ['an option that does not exist', { recurent: null }, /no "recurent": did you mean recurrent\?/],
    ['an option far from any', { nonlinearity: 'tanh' }, /there are recurrent, input, bias/],
    ['an operand that is text', { recurrent: 'h' }, /an expression or a number is needed where "h" stands/],
    ['an operand that is false', { recurrent: false }, /an expression, or null for none, not false/],
    ['an operand that is no number', { recurrent: Number.NaN }, /constant NaN is no finite number/],
    ['an operand that is a number', { recurrent: 1 }, /does not vary, so that a bias does the same/],
    ['an input that is text', { input: 'no' }, /true or false, not "no"/],
    ['a bias that is NaN', { bias: Number.NaN }, /bias of gate "a" starts at a finite number, not NaN/],
    ['a bias that is infinite', { bias: Number.POSITIVE_INFINITY }, /not Infinity/],
    ['a bias that float32 does not hold', { bias: 1e39 }, /not 1e\+39/],
    ['a bias that is text', { bias: '1' }, /not "1"/],
    ['a bias that is true', { bias: true }, /not true/],
  ])('a gate with %s', (_, options, about) => {
    expectSentence(gateOf('a', options), about);
  });

  it.each<[string, (words: Anything) => unknown, RegExp]>([
    [
      'throw an error',
      () => undefinedFunction(),
      /its equations throw ReferenceError: undefinedFunction is not/,
    ],
    [
      'misspell a function',
      () => new Function('return sigmiod(1)')(),
      /ReferenceError: sigmiod is not defined; did you mean sigmoid\?$/,
    ],
    [
      'do not import one',
      () => new Function('return softplus(1)')(),
      /; import \{ softplus \} from 'gru-bench'$/,
    ],
    [
      'do not take a word',
      () => new Function('return one')(),
      /one is not defined; equations are handed it: \(\{ one \}\) => …$/,
    ],
    [
      'misspell an operation',
      ({ h }) => ({ h: h.tmies(h) }),
      /h\.tmies is not a function; did you mean times\?$/,
    ],
    ['throw text', () => raise('a\n\u001b[2Jb'), /its equations throw "a\\n/],
    ['throw nothing', () => raise(undefined), /throw undefined/],
    ['throw an object without a text', () => raise(Object.create(null)), /throw an object/],
    [
      'throw an error without a message',
      () => raise(Object.assign(new Error(), { message: 5 })),
      /throw an obj/,
    ],
    ['throw more than a page', () => raise(new Error('x'.repeat(1e6))), /Error: x{200}$/],
    [
      'call themselves without an end',
      function again(words): unknown {
        return again(words);
      },
      /RangeError/,
    ],
    [
      'use a state that there is not',
      ({ gate, c }) => ({ h: gate('').plus(c.times(2)) }),
      /its equations use "c", and there are h, gate, weight, constant, one: a further state is named in/,
    ],
    [
      'use a function that is not imported',
      ({ gate, tanh }) => ({ h: tanh(gate('')) }),
      /use "tanh", .* imported from gru-bench$/,
    ],
    ['multiply as JavaScript does', ({ gate, h }) => ({ h: gate('') * h }), /no number for JavaScript/],
    ['take 1 minus a gate', ({ gate, h }) => ({ h: h.times(1 - gate('')) }), /write a\.plus\(b\)/],
    [
      'take the tanh of JavaScript',
      ({ gate }) => ({ h: Math.tanh(gate('')) }),
      /take tanh .* from gru-bench/,
    ],
    [
      'return an expression',
      ({ gate }) => tanh(gate('')),
      /return an expression, and not the states .* return \{ h: … \}$/,
    ],
    ['come later', async ({ gate }) => ({ h: gate('') }), /do not return the state "h"/],
    ['return nothing', () => undefined, /return no states/],
    ['return a list', ({ gate }) => [gate('')], /return "0", which is no state/],
    [
      'return a state by inheritance',
      ({ gate }) => Object.create({ h: gate('') }),
      /do not return the state "h"/,
    ],
    ['return NaN', () => ({ h: Number.NaN }), /NaN is no finite number/],
    ['return text', () => ({ h: 'h' }), /needed where "h" stands/],
    ['return a state that does not vary', ({ weight }) => ({ h: tanh(weight('w')) }), /"h" does not vary/],
    ['return a state of numbers', ({ constant }) => ({ h: sigmoid(constant(1)) }), /"h" does not vary/],
    ['have 10 000 gates', ({ gate }) => ({ h: sumOf(10_000, (i) => gate(`g${i}`)) }), /more than 12 gates/],
    [
      'have 10 000 weights',
      ({ weight }) => ({ h: sumOf(10_000, (i) => weight(`w${i}`)) }),
      /more than 12 weights/,
    ],
    ['grow without an end', ({ gate }) => ({ h: grown(gate('')) }), /more than 2000 operations/],
    ['repeat themselves without an end', ({ h }) => ({ h: repeated(h) }), /more than 2000 operations/],
    [
      'grow without an end in another unit',
      () => ({ h: grown(unitNamed('gru').states[0].before) }),
      /unit gru: it is defined/,
    ],
    ['have a constant that is text', ({ h, constant }) => ({ h: h.plus(constant('1')) }), /"1" is no finite/],
    ['have a constant that is large', ({ h, constant }) => ({ h: h.plus(constant(5n)) }), /5 is no finite/],
    [
      'have a weight that is NaN',
      ({ h, weight }) => ({ h: h.plus(weight('w', Number.NaN)) }),
      /"w" starts at/,
    ],
    [
      'divide by an infinity',
      ({ gate }) => ({ h: gate('').dividedBy(Number.POSITIVE_INFINITY) }),
      /Infinity is no/,
    ],
    ['take the tanh of an object', () => ({ h: tanh({} as never) }), /tanh takes an expression/],
  ])('equations that %s', (_, equations, about) => {
    expectSentence(() => define('one', equations), about);
  });

  it.each<[string, unknown, RegExp]>([
    ['an option that does not exist', { state: ['h'] }, /no "state": did you mean states\?/],
    ['options that are text', 'h', /options of the unit are an object, not "h"/],
    ['options that are null', null, /not null/],
    ['10 000 states', { states: Array.from({ length: 10_000 }, (_, i) => `s${i}`) }, /more than 12 states/],
    ['no states', { states: [] }, /no states/],
    ['states that are text', { states: 'h' }, /states is a list of names, such as \['h', 'c'\], not "h"/],
    [
      'options that throw',
      {
        get states() {
          return raise(new Error('no'));
        },
      },
      /throw Error: no/,
    ],
  ])('a unit with %s', (_, options, about) => {
    expectSentence(() => define('one', options, ({ gate }: Anything) => ({ h: gate('') })), about);
  });

  it.each<[string, () => Unit, RegExp]>([
    ['a product', gateOf('hU'), /called hU, which is a product/],
    [
      'a bias',
      () => define('one', ({ gate }: Anything) => ({ h: gate('').plus(tanh(gate('b'))) })),
      /^unit one: b would/,
    ],
    [
      'a weight vector',
      () => define('one', ({ gate, weight }: Anything) => ({ h: tanh(gate('V')).times(weight('')) })),
      /V would stand for two things/,
    ],
  ])('a name that the text of equations has for %s', (_, definition, about) => {
    expectSentence(definition, about);
  });
});

function undefinedFunction(): never {
  throw new ReferenceError('undefinedFunction is not defined');
}

function raise(what: unknown): never {
  throw what;
}

function sumOf(count: number, term: (i: number) => Expression): Expression {
  return Array.from({ length: count }, (_, i) => i).reduce(
    (sum: Expression, i) => sum.plus(term(i)),
    term(count),
  );
}

function grown(sum: Expression): Expression {
  for (let all = sum; ; ) all = all.plus(1).times(all);
}

function repeated(h: Expression): Expression {
  for (;;) h.times(h);
}

it('a gate that is asked for when the unit has been made is refused, and changes nothing', () => {
  let late: (name: string) => unknown = () => undefined;
  const unit = defineUnit('one', ({ gate }) => {
    late = gate;
    return { h: tanh(gate('')) };
  });
  const text = canonicalText(unit);
  expectSentence(() => late('late'), /it is defined/);
  expect(canonicalText(unit)).toBe(text);
});

it('what is made of a unit may be asked for again and again', () => {
  const unit = unitNamed('lstm');
  const header = unitHeader(unit);
  for (let i = 0; i < 80; i++) expect(unitHeader(unit)).toBe(header);
});

describe('of text that a user writes', () => {
  const fragments = fc.constantFrom(
    '"',
    '*/',
    '/*',
    '//',
    '\\',
    '\n',
    '#',
    '}',
    ';',
    '??/',
    '\u2028',
    'é',
    '門',
  );
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc
      .array(fc.oneof(fragments, fc.constantFrom('a', 'Z', '7', '-', 'int')), { maxLength: 8 })
      .map((parts) => parts.join('')),
  );
  const unitName = fc.oneof(hostile, fc.stringMatching(/^[a-z][a-z0-9-]{0,40}$/));
  const name = fc.oneof(
    { weight: 1, arbitrary: hostile },
    { weight: 3, arbitrary: fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,20}$/) },
  );

  it('nothing reaches C++ but words of letters and digits, and a comment of a line', () => {
    let made = 0;
    fc.assert(
      fc.property(unitName, name, name, name, hostile, (name, state, gate, weight, title) => {
        const unit = madeOf(name, state, gate, weight, title);
        if (!unit) return;
        made++;
        const plain = madeOf('one', 'c', 'g', 'w', 'one');
        const lines = unitHeader(unit).split('\n');
        expect(lines.length).toBe(unitHeader(plain as Unit).split('\n').length);
        for (const line of lines.filter((line) => !line.startsWith('//'))) expect(line).toMatch(CODE);
        const list = unitsHeader([unit]).split('\n').slice(2);
        for (const line of list) expect(line).toMatch(CODE);
      }),
      { numRuns: 2000 },
    );
    expect(made).toBeGreaterThan(50);
  });

  /** Nothing where a text cannot be what it would be. */
  function madeOf(
    name: string,
    state: string,
    gate: string,
    weight: string,
    title: string,
  ): Unit | undefined {
    try {
      return define(name, { states: ['h', state], title, source: title }, (words: Anything) => {
        const sum = words
          .gate(gate, { recurrent: words[state] })
          .plus(words.weight(weight).times(words[state]));
        return { h: tanh(sum), [state]: sigmoid(words.gate('z')).times(sum) };
      });
    } catch (error) {
      if (!(error instanceof Misuse)) throw error;
      expect(error.message).not.toMatch(UNPRINTABLE);
      return undefined;
    }
  }

  /** Letters, digits and what C++ itself needs; the strings are those of the headers, names and hashes. */
  const CODE =
    /^(#include "[a-z0-9./-]+"|unit_of<\w+>\("[a-z0-9-]+", "[0-9a-f]{16}"\),|(\/\*\w+=\*\/|[\w\s+\-*<>!&|?.,:;(){}[\]=#])*( ?\/\/ (\w+|namespace PATH))?)$/;

  it('names that differ make structures that differ', () => {
    const structures = ['a-1', 'a1', 'a-b', 'ab', 'a-b1', 'ab-1'].map((name) => {
      const unit = define(name, ({ gate }: Anything) => ({ h: tanh(gate('')) }));
      return /struct (\w+) /.exec(unitHeader(unit))?.[1];
    });
    expect(new Set(structures).size).toBe(6);
  });
});

describe('a unit is known by its text', () => {
  const texts = (...units: ((words: Anything) => unknown)[]) =>
    new Set(units.map((equations) => unitHash(define('one', { states: ['h', 'c'] }, equations)))).size;

  it('in which other groups of sums and products are others', () => {
    const ends = (of: (a: Expression, b: Expression, c: Expression) => Expression) => (words: Anything) => {
      const [a, b, c] = ['i', 'j', 'k'].map((name) => tanh(words.gate(name)));
      return { h: of(a, b, c), c: tanh(a.plus(words.c).plus(b).plus(c)).plus(words.h) };
    };
    const depends =
      (of: (a: Expression, b: Expression, c: Expression) => Expression) => (words: Anything) => {
        const states = ends(of)(words);
        return { ...states, h: states.h.plus(words.c) };
      };
    const forms: ((a: Expression, b: Expression, c: Expression) => Expression)[] = [
      (a, b, c) => a.plus(b).plus(c),
      (a, b, c) => a.plus(b.plus(c)),
      (a, b, c) => a.plus(b.minus(c)),
      (a, b, c) => a.plus(b).minus(c),
      (a, b, c) => a.minus(b).minus(c),
      (a, b, c) => a.times(b).times(c),
      (a, b, c) => a.times(b.times(c)),
      (a, b, c) => a.times(b).dividedBy(c),
      (a, b, c) => a.times(b.dividedBy(c)),
      (a, b, c) => a.dividedBy(b.times(c)),
      (a, b, c) => a.dividedBy(b).dividedBy(c),
    ];
    expect(texts(...forms.map(depends))).toBe(forms.length);
  });

  it('in which v1 is what it stands for', () => {
    const unit = define('one', ({ gate }: Anything) => {
      const [g, shared] = [tanh(gate('v1')), sigmoid(gate('z')).plus(1)];
      return { h: g.times(shared).plus(shared) };
    });
    expect(canonicalText(unit).split('\n').slice(2)).toEqual([
      'v1 = tanh(xW_v1 + h₋U_v1 + b_v1)',
      'z = σ(xW_z + h₋U_z + b_z)',
      'v2 = z + 1',
      'h = v1⊙v2 + v2',
    ]);
  });
});

describe('a unit of as many operations as there may be, one upon another', () => {
  beforeAll(async () => {
    await startBackend('cpu', 1);
  });

  const chains: [string, number, (last: Expression, h: Expression) => Expression][] = [
    ['of one value', 1900, (last) => tanh(last)],
    ['on the left', 900, (last, h) => last.plus(h)],
    ['on the right', 900, (last, h) => h.minus(last)],
    ['that stand twice', 300, (last) => last.times(last).plus(0.1)],
    ['that meet', 300, (last, h) => max(h.times(last), last)],
    ['that interpolate', 150, (last, h) => last.times(0.5).plus(h.graph.constant(1).minus(last).times(h))],
  ];

  it.each(chains)('%s', (_, length, next) => {
    const unit = defineUnit('deep', ({ gate, h }) => {
      let last = gate('');
      for (let i = 0; i < length; i++) last = next(last, h);
      return { h: tanh(last) };
    });
    const header = unitHeader(unit);
    expect(canonicalText(unit).length).toBeLessThan(200_000);
    expect(header.length).toBeLessThan(1_000_000);
    expect(Math.max(...header.split('\n').map(nesting))).toBeLessThan(MOST_BRACKETS);
    const one = unitCase(unit, { hiddenSize: 2, lengths: [2], dense: true });
    const parameters = Float64Array.from(one.parameters);
    const expected = referenceNll(unit, one.sizes, parameters, one.batch);
    expect(runProgram(compile(unit), one.sizes, parameters, one.batch).nll / expected).toBeCloseTo(1, 12);
    expect(composedResult(one).nll[0] / expected).toBeCloseTo(1, 6);
  });

  /** Clang's own bound, of which other brackets of a line take some. */
  const MOST_BRACKETS = 250;

  function nesting(line: string): number {
    let [depth, most] = [0, 0];
    for (const character of line.startsWith('//') ? '' : line) {
      if (character === '(') most = Math.max(most, ++depth);
      if (character === ')') depth--;
    }
    return most;
  }
});

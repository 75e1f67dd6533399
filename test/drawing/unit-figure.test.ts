import { DOMParser, type Document, type Element } from '@xmldom/xmldom';
import { describe, expect, it } from 'vitest';
import { diagramOf } from '../../src/drawing/diagram.js';
import { layoutOf } from '../../src/drawing/layout.js';
import { drawSvg } from '../../src/drawing/svg.js';
import { unitFigure } from '../../src/drawing/unit-figure.js';
import { defineUnit, type Unit } from '../../src/model/graph/define-unit.js';
import { tanh } from '../../src/model/graph/expression.js';
import { unitNamed } from '../../src/model/units/registry.js';
import { faultsOfLayout } from './layout-faults.js';
import { ODD_UNITS } from './odd-units.js';

/** @throws what the parser finds wrong */
function parse(svg: string): Document {
  const onError = (level: string, message: string) => {
    if (level !== 'warning') throw new Error(`${level}: ${message}`);
  };
  return new DOMParser({ onError }).parseFromString(svg, 'image/svg+xml');
}

function elements(within: Document | Element, name: string): Element[] {
  return Array.from(within.getElementsByTagName(name));
}

const withoutAccents = (text: string) => text.normalize('NFD').replaceAll(/[\u0300-\u036f]/g, '');
const textsOf = (within: Document | Element) =>
  elements(within, 'text').map((one) => withoutAccents(one.textContent ?? ''));

const pathOf = (group: Element) => elements(group, 'path')[0]?.getAttribute('d') ?? '';

/** Of texts, the one whose height is nearest. */
function nearest(texts: readonly Element[], y: number): Element {
  const distance = (one: Element) => Math.abs(Number(one.getAttribute('y')) - y);
  return texts.reduce((best, one) => (distance(one) < distance(best) ? one : best));
}

/** Whether it is a wire that ends at a place. */
function endsAt(group: Element, x: number, y: number): boolean {
  const path = pathOf(group);
  const last = (letters: string) => Number([...path.matchAll(new RegExp(letters, 'g'))].pop()?.[1]);
  const end = [last('(?:M|H)([\\d.]+)'), last('(?:V|M\\S+ )([\\d.]+)')];
  return (
    group.getAttribute('class')?.startsWith('wire') === true && end[0] === x && Math.abs(end[1] - y) < 0.2
  );
}

/** What of a unit no text names. */
function unnamedIn(texts: readonly string[], { states, gates, weights }: Unit): string[] {
  const isWritten = (symbol: string, index: string) =>
    texts.some((text) => text.replace(/^−/, '') === `${symbol}${index}`) ||
    // A long index is written once, as the name of the box.
    (index.length > 4 && texts.includes(index) && texts.includes(symbol));
  const parameters = gates.flatMap(({ name, input, recurrent, bias }) => [
    ...(input ? [['W', name]] : []),
    ...(recurrent ? [['U', name]] : []),
    ...(bias === null ? [] : [['b', name]]),
  ]);
  return [
    ...states.filter(({ name }) => !texts.includes(`${name}t`)).map(({ name }) => name),
    ...parameters.filter(([symbol, index]) => !isWritten(symbol, index)).map((pair) => pair.join('_')),
    ...weights
      .filter(({ name }) => !texts.some((text) => /^−?V/.test(text) && text.includes(`V${name}`)))
      .map(({ name }) => `V_${name}`),
  ];
}

const UNITS = [...['lstm', 'gru-after', 's-lstm'].map(unitNamed), ...ODD_UNITS];

describe('the figure of a unit', () => {
  it.each(UNITS.map((unit) => [unit.name, unit] as const))(
    'of %s leads each wire past all other nodes, and names states, gates and parameters',
    async (name, unit) => {
      const diagram = diagramOf(unit);
      const layout = await layoutOf(diagram);
      expect(faultsOfLayout(diagram, layout)).toEqual([]);
      const svg = drawSvg(diagram, layout, { name, title: unit.title, description: '' });
      expect(svg.length).toBeLessThan(20_000);
      expect(unnamedIn(textsOf(parse(svg)), unit)).toEqual([]);
    },
  );

  it('has its title, and its equations in words', async () => {
    const unit = unitNamed('tanh');
    const document = parse(await unitFigure(unit));
    const words = (name: string) => elements(document, name).map((one) => one.textContent);
    expect(words('title')).toEqual(['tanh']);
    expect(words('desc')).toEqual(['One step of the unit: h = tanh(xW + h₋U + b)']);
  });

  it('is the same each time, byte for byte', async () => {
    expect(await unitFigure(ODD_UNITS[0])).toBe(await unitFigure(ODD_UNITS[0]));
  });

  it.each([
    ['gru', { '1 − z': 'state', z: 'gate' }],
    ['ugrnn', { '1 − g': 'gate', g: 'state' }],
  ])('of %s writes each factor at its operand', async (name, factors) => {
    const document = parse(await unitFigure(unitNamed(name)));
    const groups = elements(document, 'g');
    const blend = groups.find((one) => textsOf(one).some((text) => text.startsWith('1 − '))) as Element;
    const [, left, top] = /translate\((\S+) (\S+)\)/.exec(blend.getAttribute('transform') ?? '') ?? [];
    const [, rest, share] = /^M0 (\S+?)H.*?V(\S+?)H0/.exec(pathOf(blend)) ?? [];
    const label = (y: number) => nearest(elements(blend, 'text'), y).textContent as keyof typeof factors;
    for (const y of [rest, share].map(Number)) {
      const wire = groups.find((one) => endsAt(one, Number(left), Number(top) + y)) as Element;
      expect(wire.getAttribute('class')).toBe(`wire ${factors[label(y)]}`);
    }
    expect(label(Number(rest))).not.toBe(label(Number(share)));
  });

  it('escapes what a user wrote', async () => {
    const hostile = '</title><script>alert(1)</script>&amp;"\uFFFE\uD800\'';
    const unit = defineUnit('own', { title: hostile }, ({ gate }) => ({ h: tanh(gate('')) }));
    const document = parse(await unitFigure(unit));
    expect(elements(document, 'script')).toEqual([]);
    expect(elements(document, 'title')[0].textContent).toBe(hostile.replaceAll(/[\uFFFE\uD800]/gu, '\uFFFD'));
  });

  it('is refused in a sentence where nobody could read it', async () => {
    const endless: Unit = defineUnit('endless', ({ h, gate }) => {
      let sum = gate('');
      for (let i = 0; i < 100; i++) sum = tanh(sum.times(h));
      return { h: sum };
    });
    await expect(unitFigure(endless)).rejects.toThrow(
      /^unit endless: its figure would have 20\d parts, and more than 200 cannot be read$/,
    );
  });
});

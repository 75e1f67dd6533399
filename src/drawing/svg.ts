import type { Diagram, Shape, Term, Text } from './diagram.js';
import type { Layout, PlacedNode, Wire } from './layout.js';
import type { Notation } from './notation.js';
import {
  BLEND_CIRCLE,
  type BlendShape,
  blendLabels,
  blendLabelWidth,
  bodyWidth,
  NAME,
  nameSize,
  SMALL,
  type SumShape,
  TEXT,
  tabWidth,
  timed,
} from './outline.js';
import { STYLE } from './style.js';
import { escapeXml } from './xml.js';

/** Units of a figure are drawn as so many CSS pixels, where there is room. */
const PIXELS = 1.4;

/**
 * A diagram in its places as an SVG document that stands alone, in the colours of a light or a dark page.
 *
 * @param name of the unit, for identifiers
 * @param title what it is called, in a word or two
 * @param description the same in words
 */
export function drawSvg(
  diagram: Diagram,
  { width, height, nodes, wires }: Layout,
  { name, title, description }: { name: string; title: string; description: string },
): string {
  const ids = { title: `${name}-title`, description: `${name}-description` };
  return `<svg xmlns="http://www.w3.org/2000/svg" class="unit" viewBox="0 0 ${at(width)} ${at(height)}" width="${at(PIXELS * width)}" height="${at(PIXELS * height)}" role="img" aria-labelledby="${ids.title} ${ids.description}">
<title id="${ids.title}">${escapeXml(title)}</title>
<desc id="${ids.description}">${escapeXml(description)}</desc>
<style>${STYLE}</style>
<rect class="ground" width="${at(width)}" height="${at(height)}" rx="6"/>
${wires.map((wire) => wireSvg(wire, COLOUR[diagram[wire.from].shape.kind])).join('\n')}
${nodes.map((node, i) => `<g${classOf(COLOUR[diagram[i].shape.kind])} transform="translate(${at(node.x)} ${at(node.y)})">${nodeSvg(diagram[i].shape, node)}</g>`).join('\n')}
</svg>`;
}

/** Of corners. */
const RADIUS = 4;

/** Of a node and of the wires from it. */
const COLOUR: Readonly<Partial<Record<Shape['kind'], string>>> = {
  before: 'state',
  after: 'state',
  input: 'input',
  gate: 'gate',
};

function wireSvg({ points, junctions }: Wire, colour: string | undefined): string {
  const [start, ...others] = points;
  const steps = others.map((to, i) =>
    Math.abs(to.y - points[i].y) < 0.05 ? `H${at(to.x)}` : `V${at(to.y)}`,
  );
  const end = points[points.length - 1];
  const dots = junctions.map(({ x, y }) => `<circle class="end" cx="${at(x)}" cy="${at(y)}" r="2.3"/>`);
  return `<g${classOf('wire', colour)}><path d="M${at(start.x)} ${at(start.y)}${steps.join('')}"/><path class="end" d="M${at(end.x)} ${at(end.y)}l-5-2.7v5.4z"/>${dots.join('')}</g>`;
}

function nodeSvg(shape: Shape, node: PlacedNode): string {
  const { width, height } = node;
  const [x, y] = [width / 2, height / 2];
  switch (shape.kind) {
    case 'before':
    case 'input':
    case 'after':
      return box(node, height / 2) + textSvg([timed(shape)], x, y, NAME);
    case 'gate':
    case 'sum':
      return sumSvg(shape, node);
    case 'blend':
      return blendSvg(shape, node);
    case 'add':
      return plusSvg(x, y, x);
    case 'multiply':
      return timesSvg(x, y, x);
    case 'subtract': {
      const [plus, minus] = node.inputs;
      return `${box(node)}<path class="line" d="M7 ${plus}h8m-4-4v8M7 ${minus}h8"/>`;
    }
    case 'divide': {
      const [above, below] = node.inputs;
      return `${box(node)}<path class="line" d="M5 ${y}h12"/><circle class="dot" cx="${x}" cy="${above}" r="2"/><circle class="dot" cx="${x}" cy="${below}" r="2"/>`;
    }
    case 'function':
      return box(node, height / 2) + textSvg(shape.text, x, y, TEXT);
  }
}

function box({ width, height }: PlacedNode, radius = RADIUS): string {
  return `<rect class="box" width="${at(width)}" height="${at(height)}" rx="${at(radius)}"/>`;
}

const TAB_COLOUR: Readonly<Partial<Record<Term['kind'], string>>> = {
  U: 'of-state',
  V: 'of-state',
  W: 'of-input',
};

/** The terms one below the other at the left, where their operands come in; name and function beside them. */
function sumSvg(shape: SumShape, node: PlacedNode): string {
  const { terms, notation, function: name } = shape;
  const { height } = node;
  const [left, body, tab] = [tabWidth(shape), bodyWidth(shape), height / terms.length];
  const tabs = terms.map(({ kind, text }, i) => {
    const corners = [i === 0 ? RADIUS : 0, i === terms.length - 1 ? RADIUS : 0];
    const path = tabPath(i * tab, left, tab, corners);
    return `<path${classOf('tab', TAB_COLOUR[kind])} d="${path}"/>${textSvg(text, left / 2, (i + 0.5) * tab, SMALL)}`;
  });
  const [x, y] = [left + body / 2, height / 2];
  const words = notation
    ? textSvg([notation], x, y - 9, nameSize(notation)) + textSvg([name || 'Σ'], x, y + 10, TEXT)
    : textSvg([name || 'Σ'], x, y, TEXT);
  return `${box(node)}${tabs.join('')}${words}`;
}

/** A rectangle at the left edge whose corners there, above and below, may be round. */
function tabPath(y: number, width: number, height: number, [above, below]: readonly number[]): string {
  const corner = (radius: number, x: number) =>
    radius === 0 ? '' : `a${radius} ${radius} 0 0 1 ${x} ${-radius}`;
  return `M${above} ${at(y)}H${at(width)}v${at(height)}H${below}${corner(below, -below)}V${at(y + above)}${corner(above, above)}z`;
}

/** z comes in between a and b, and parts into the factors of both, which are written beside it. */
function blendSvg(shape: BlendShape, node: PlacedNode): string {
  const { width, inputs } = node;
  const [rest, factor, share] = inputs;
  const radius = BLEND_CIRCLE / 2;
  const [left, right] = [radius + 5, width - radius - 6];
  const labels = blendLabels(shape);
  const x = left + 5 + blendLabelWidth(shape) / 2;
  const colour = shape.factor && 'gate';
  return [
    box(node),
    `<path class="flow" d="M0 ${at(rest)}H${at(right)}V${at(share)}H0M${at(right)} ${at(factor)}H${at(width)}"/>`,
    `<path${classOf('flow', colour)} d="M0 ${at(factor)}H${at(left)}M${at(left)} ${at(rest)}V${at(share)}"/>`,
    timesSvg(left, rest, radius),
    timesSvg(left, share, radius),
    plusSvg(right, factor, radius),
    textSvg(labels.rest, x, (rest + factor) / 2, SMALL, colour),
    textSvg(labels.factor, x, (share + factor) / 2, SMALL, colour),
  ].join('');
}

function timesSvg(x: number, y: number, radius: number): string {
  return `${circle(x, y, radius)}<circle class="dot" cx="${at(x)}" cy="${at(y)}" r="2"/>`;
}

function plusSvg(x: number, y: number, radius: number): string {
  const arm = radius - 4;
  return `${circle(x, y, radius)}<path class="line" d="M${at(x - arm)} ${at(y)}h${at(2 * arm)}m${at(-arm)} ${at(-arm)}v${at(2 * arm)}"/>`;
}

function circle(x: number, y: number, radius: number): string {
  return `<circle class="box" cx="${at(x)}" cy="${at(y)}" r="${at(radius)}"/>`;
}

/** Text whose middle is at a place. */
function textSvg(text: Text, x: number, y: number, size: number, colour?: string): string {
  const inside = text.map((piece) => (typeof piece === 'string' ? escapeXml(piece) : notationSvg(piece)));
  return `<text${classOf(`t${size}`, colour)} x="${at(x)}" y="${at(y + 0.33 * size)}">${inside.join('')}</text>`;
}

const ACCENTS = { tilde: '\u0303', hat: '\u0302', bar: '\u0304' };

function notationSvg({ base, accent, index }: Notation): string {
  const letters = `${escapeXml(base)}${accent ? ACCENTS[accent] : ''}`;
  const whole = base.length === 1 ? `<tspan class="letter">${letters}</tspan>` : letters;
  return index === undefined ? whole : `${whole}<tspan class="index" dy=".28em">${escapeXml(index)}</tspan>`;
}

function classOf(...names: readonly (string | undefined)[]): string {
  const given = names.filter((name) => name !== undefined);
  return given.length === 0 ? '' : ` class="${given.join(' ')}"`;
}

/** A length, to a tenth of a unit. */
function at(value: number): string {
  return String(Math.round(value * 10) / 10);
}

import { INDEX, NAME, SMALL, TEXT } from './outline.js';

interface Theme {
  readonly ground: string;
  readonly ink: string;
  readonly line: string;
  readonly box: string;
  /** Stroke and fill: what comes from states, from the input and from gates. */
  readonly colours: Readonly<Record<'state' | 'input' | 'gate', readonly [string, string]>>;
}

/** Colours that colour-blind readers can tell apart (after Okabe and Ito 2008). */
const LIGHT: Theme = {
  ground: '#ffffff',
  ink: '#1f2328',
  line: '#59636e',
  box: '#f6f8fa',
  colours: { state: ['#0068a3', '#e1f0fa'], input: ['#00704f', '#ddf4ea'], gate: ['#ad4500', '#fdf1e6'] },
};
const DARK: Theme = {
  ground: '#0d1117',
  ink: '#f0f3f6',
  line: '#9ea7b3',
  box: '#1c232c',
  colours: { state: ['#6cb6f0', '#11304a'], input: ['#4fcfa5', '#0e3529'], gate: ['#f5a05a', '#33200f'] },
};

function coloursOf({ ground, ink, line, box, colours }: Theme): string {
  return [
    `.unit .ground{fill:${ground}}`,
    `.unit text,.unit .dot{fill:${ink}}`,
    `.unit .line{stroke:${ink}}`,
    `.unit g{stroke:${line}}`,
    `.unit .box,.unit .tab{fill:${box}}`,
    `.unit .end{fill:${line}}`,
    ...Object.entries(colours).map(([name, [stroke, fill]]) =>
      [
        `.unit g.${name},.unit .flow.${name}{stroke:${stroke}}`,
        `.unit .${name} .end,.unit text.${name}{fill:${stroke}}`,
        `.unit .${name} .box,.unit .tab.of-${name}{fill:${fill}}`,
      ].join(''),
    ),
  ].join('\n');
}

/**
 * How every figure looks, in a light and in a dark page. No CSS variables: programs other than browsers do not know
 * them.
 */
export const STYLE = `
.unit text{font-family:'STIX Two Text','Latin Modern Roman','Times New Roman',Times,'Liberation Serif',serif;text-anchor:middle;stroke:none}
${[NAME, TEXT, SMALL].map((size) => `.unit .t${size}{font-size:${size}px}`).join('')}
.unit .letter{font-style:italic}
.unit .index{font-size:${INDEX}em;font-style:italic}
.unit g{stroke-width:1.3}
.unit .tab{stroke-width:.8}
.unit .wire,.unit .line,.unit .flow{fill:none}
.unit .line{stroke-linecap:round}
.unit .end,.unit .dot{stroke:none}
${coloursOf(LIGHT)}
@media (prefers-color-scheme:dark){
${coloursOf(DARK)}
}
`;

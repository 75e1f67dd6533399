import { make } from './dom.js';

/** Letters that stand for quantities, a step back or not, each with its index; and words. */
const PARTS = /([A-Za-z]{3,}|[A-Za-z])(₋?)(?:_([A-Za-z0-9]+)|(\d+))?/g;

/** Words of the equations, as against products of quantities such as xWᵢ, which stand letter by letter. */
const WORDS = /^(tanh|relu|exp|max|softplus|stopped|candidate)$/;

/** Equations as `equationText` writes them, a line each, with quantities in italics and indices below the line. */
export function equationLines(equations: readonly string[]): HTMLElement[] {
  return equations.map((line) => make('div', {}, ...parts(line)));
}

function parts(line: string): (Node | string)[] {
  const nodes: (Node | string)[] = [];
  let at = 0;
  for (const match of line.matchAll(PARTS)) {
    const [whole, word, before, named, numbered] = match;
    nodes.push(line.slice(at, match.index));
    at = match.index + whole.length;
    const index = named ?? numbered;
    if (word.length === 1) nodes.push(make('var', {}, word));
    else if (WORDS.test(word)) nodes.push(word);
    else nodes.push(...[...word].map((letter) => make('var', {}, letter)));
    nodes.push(before);
    if (index !== undefined) nodes.push(make('sub', {}, index));
  }
  return [...nodes, line.slice(at)];
}

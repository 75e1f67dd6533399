import { basename, extname } from 'node:path';
import { UNIT_NAMES } from '../model/units/registry.js';

/**
 * A file that defines a unit, to begin an own one with: the GRU, a comment at each part.
 *
 * @param file its name, such as my-unit.mjs; the unit is called so, without the ending, as far as a unit can be
 */
export function newUnitText(file: string): string {
  return `// A recurrent unit: the equations of one step. docs/units.md of gru-bench has all that they can be made of.
//
//   gru-bench units check ./${file}     holds its gradient to two others
//   gru-bench train --model ./${file} --dataset demo-music
import { defineUnit, sigmoid, tanh } from 'gru-bench';

export default defineUnit('${unitNameOf(basename(file, extname(file)))}', ({ h, gate, one }) => {
  // gate('z') is xW_z + hU_z + b_z: x is the input frame, h the hidden state before the step.
  const z = sigmoid(gate('z'));
  const r = sigmoid(gate('r'));

  // A gate without index is xW + hU + b; \`recurrent\` puts something else in h's place.
  const candidate = tanh(gate('', { recurrent: r.times(h) }));

  // The hidden state after the step: from the old one to the candidate as far as z says.
  return { h: one.minus(z).times(h).plus(z.times(candidate)) };
});

// More states: defineUnit('name', { states: ['h', 'c'] }, ({ h, c, gate, weight }) => … return { h: …, c: … }).
// Also: relu, exp, softplus, max, stopped; a.dividedBy(b); gate('f', { bias: 1, input: false, recurrent: null });
// weight('i') is a vector of learned weights, such as a peephole.
`;
}

function unitNameOf(text: string): string {
  const words = text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  const name = words
    .join('-')
    .replace(/^[^a-z]+/, '')
    .slice(0, 40)
    .replace(/-$/, '');
  if (name === '') return 'my-unit';
  return UNIT_NAMES.includes(name) ? `my-${name}` : name;
}

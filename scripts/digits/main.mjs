// Writes src/kernels/known-digits.ts, what the kernels of every machine are held to, from what they compute on this
// one. Only to be run when the arithmetic of the kernels, or a unit, is meant to change.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { digitsOf } from '../../dist/kernels/digits.js';
import { loadNative } from '../../dist/kernels/native.js';
import { roundingOf } from '../../dist/kernels/paths.js';
import { UNITS } from '../../dist/model/units/registry.js';

const native = loadNative();
if (typeof native === 'string') throw new Error(native);

const lines = UNITS.map((unit) => {
  /** @type {Partial<Record<import('../../dist/kernels/paths.js').Rounding, string>>} */
  const known = {};
  for (const [index, path] of native.paths.entries()) {
    const digits = digitsOf(native, index, 1, unit);
    const rounding = roundingOf(path);
    if ((known[rounding] ?? digits) !== digits) throw new Error(`${unit.name} has other digits on ${path}`);
    known[rounding] = digits;
  }
  if (!known.fused) throw new Error('this processor has no fused multiply-add');
  const name = /^\w+$/.test(unit.name) ? unit.name : `'${unit.name}'`;
  return `  ${name}: { fused: '${known.fused}', plain: '${known.plain}' },`;
});
writeFileSync(
  fileURLToPath(new URL('../../src/kernels/known-digits.ts', import.meta.url)),
  `import type { Rounding } from './paths.js';

/** Of each unit what \`digitsOf\` gives, by how a path rounds. Written by \`npm run make:digits\`. */
export const KNOWN_DIGITS: Readonly<Record<string, Readonly<Record<Rounding, string>>>> = {
${lines.join('\n')}
};
`,
);

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { unitLatex } from '../../dist/drawing/latex.js';
import { unitFigure } from '../../dist/drawing/unit-figure.js';
import { equationText } from '../../dist/model/graph/equations.js';
import { hiddenSizeFor, recurrentParameters, unitParameters } from '../../dist/model/graph/parameters.js';
import { unitFromData } from '../../dist/model/graph/unit-data.js';
import { readUnitFile } from '../../dist/model/own-unit.js';
import { UNITS } from '../../dist/model/units/registry.js';
import { countOf } from '../../dist/platform/format-number.js';
import { typesetter } from './equations.mjs';

/** @typedef {import('../../dist/model/graph/define-unit.js').Unit} Unit */

/** The keys of a piano, and about the parameters that the paper compares units at on music. */
const [INPUTS, PARAMETERS] = [88, 20_000];
/** The units that the paper compares. */
const OF_THE_PAPER = ['tanh', 'gru', 'lstm'];
/** The unit that the page shows how to write. */
const EXAMPLE = new URL('../../docs/units/slow-gru.mjs', import.meta.url);

/**
 * docs/units.md and the files that it shows: the equations, figure and parameters of each unit, from its equations, with
 * what is said about it in text/.
 *
 * @returns {Promise<Map<string, string>>} texts by their paths below docs/
 */
export async function unitDocs() {
  const example = unitFromData(await readUnitFile(fileURLToPath(EXAMPLE)));
  const typeset = await typesetter();
  const files = new Map([['units.md', page(example)]]);
  for (const unit of [...UNITS, example]) {
    files.set(`units/${unit.name}.svg`, `${await unitFigure(unit)}\n`);
    files.set(
      `units/${unit.name}-equations.svg`,
      await typeset(unitLatex(unit), {
        name: unit.name,
        title: `Equations of ${unit.title}`,
        description: equationText(unit).join('; '),
      }),
    );
  }
  return files;
}

/** @param {Unit} example */
function page(example) {
  const isOfPaper = (/** @type {Unit} */ { name }) => OF_THE_PAPER.includes(name);
  return `<!-- Written by \`npm run make:unit-docs\`, from the units' equations and scripts/unit-docs/text. -->

# Recurrent units

${said('introduction')}
${overview()}

## How to read the figures

${said('reading')}
## The paper's units

${UNITS.filter(isOfPaper).map(section).join('\n')}
## Others

${UNITS.filter((unit) => !isOfPaper(unit))
  .map(section)
  .join('\n')}
## Your own unit

${said('your-own-unit').replace('<!-- example -->', exampleText(example))}`;
}

function overview() {
  const rows = UNITS.map((unit) => {
    const { name, title, states } = unit;
    const hidden = countOf(hiddenSizeFor(unit, INPUTS, PARAMETERS));
    return `| [${title}](#${name}) | \`${name}\` | ${states.map((state) => state.name).join(', ')} | ${countFormula(unit)} | ${hidden} |`;
  });
  return `| unit | \`--model\` | states | parameters | H |
|---|---|---|---|---|
${rows.join('\n')}

The parameters are those of the recurrent layer, as in the paper's Table 1: biases in, output layer out. I is the number of
entries of an input frame, H that of hidden units; the last column is the H that comes nearest to ${countOf(PARAMETERS)}
parameters at the ${INPUTS} inputs of music.`;
}

/** @param {Unit} unit */
function section(unit) {
  const { name, title, source } = unit;
  return `### <a id="${name}"></a>${title}

\`${name}\`${source && ` · ${source}`}

${pictures(unit)}

${[said(name), parameters(unit)].filter(Boolean).join('\n')}
`;
}

/** @param {Unit} unit */
function pictures(unit) {
  const { name, title } = unit;
  return `![${equationText(unit).join('; ')}](units/${name}-equations.svg)

![Figure: one step of ${title}](units/${name}.svg)`;
}

/** What kinds of parameters there are, each with its shape in a parameter file. */
const ROLES = /** @type {const} */ ([
  ['W', '[I, H]', 'input weights'],
  ['U', '[H, H]', 'recurrent weights'],
  ['V', '[H]', 'weight vectors'],
  ['b', '[H]', 'biases'],
]);

/** @param {Unit} unit */
function parameters(unit) {
  const all = unitParameters(unit, INPUTS, 1);
  const rows = ROLES.flatMap(([role, shape, what]) => {
    const own = all.filter((one) => one.role === role);
    if (own.length === 0) return [];
    const starts = own.filter(({ start }) => start !== 0).map((one) => `${one.name} starts at ${one.start}`);
    const names = own.map(({ name }) => `\`${name}\``).join(', ');
    return [`| ${names} | ${shape} | ${[what, ...starts].join('; ')} |`];
  });
  const hidden = hiddenSizeFor(unit, INPUTS, PARAMETERS);
  return `| parameters | shape | |
|---|---|---|
${rows.join('\n')}

${countFormula(unit)} parameters: ${countOf(recurrentParameters(unit, INPUTS, hidden))} with ${countOf(hidden)} hidden units and ${INPUTS} inputs.`;
}

/**
 * 3IH + 3H² + 3H.
 *
 * @param {Unit} unit
 */
function countFormula(unit) {
  const roles = unitParameters(unit, INPUTS, 1).map(({ role }) => role);
  const terms = [
    ['IH', roles.filter((role) => role === 'W').length],
    ['H²', roles.filter((role) => role === 'U').length],
    ['H', roles.filter((role) => role === 'V' || role === 'b').length],
  ];
  return terms
    .filter(([, count]) => count !== 0)
    .map(([size, count]) => (count === 1 ? size : `${count}${size}`))
    .join(' + ');
}

/**
 * What is said in words under a name; nothing where nothing is.
 *
 * @param {string} name
 */
function said(name) {
  try {
    return readFileSync(new URL(`./text/${name}.md`, import.meta.url), 'utf8');
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return '';
    throw error;
  }
}

/** @param {Unit} example */
function exampleText(example) {
  return `\`\`\`js
// slow-gru.mjs
${readFileSync(EXAMPLE, 'utf8')}\`\`\`

${pictures(example)}`;
}

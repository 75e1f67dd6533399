import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { RULES } from '../../dist/report/averaging.js';
import { readFindings } from '../../dist/report/findings.js';
import { markdownPart, markdownTable } from '../../dist/report/markdown.js';
import { reportSections } from '../../dist/report/sections/all.js';
import { budgetItems, searchText } from '../../dist/report/sections/curves.js';
import { comparisonNotes, narrowComparisons, overviewParts } from '../../dist/report/sections/differences.js';
import { dataText, howItems, table1Text } from '../../dist/report/sections/how.js';
import {
  reevaluationText,
  table2Notes,
  table2Texts,
} from '../../dist/report/sections/negative-log-likelihood.js';
import { itemsPart, notesPart } from '../../dist/report/sections/section.js';
import { baselineFigure, verdictsFigure } from './figure.mjs';

/** @typedef {import('../../dist/report/findings.js').Findings} Findings */
/** @typedef {import('../../dist/report/sections/section.js').SectionId} SectionId */

const ROOT = new URL('../../', import.meta.url);
/** Folders of results; those of units are quoted as `units-verdicts` and so on. */
const RESULTS = 'results/paper';
const VARIANTS = 'results/nottingham-variants';
const UNITS = 'results/units';

const PAGES = ['README.md', 'CONTRIBUTING.md', 'docs/results.md', 'docs/fifteen-units.md'];

/** Where an excerpt stands in a page: between two comments, the first of which names it. */
const PLACE = /(<!-- excerpt: ([a-z0-9-]+) -->)[\s\S]*?(<!-- end of excerpt -->)/g;

/**
 * The pages that quote results and other files, with what they quote written anew, and the figure that they show.
 *
 * @returns {Promise<Map<string, string>>} texts by their paths
 */
export async function pagesWithExcerpts() {
  const [paper, variants, units] = [RESULTS, VARIANTS, UNITS].map((folder) =>
    readFindings(fileURLToPath(new URL(folder, ROOT))),
  );
  const made = {
    ...ofResults(paper),
    variants: table2Texts(variants, 'per frame').flatMap(markdownTable).slice(2),
    ...Object.fromEntries(Object.entries(ofResults(units)).map(([name, lines]) => [`units-${name}`, lines])),
    ...ofSpeed(read('docs/speed.md')),
    ...ofLayout(),
  };
  const pages = PAGES.map((path) => /** @type {const} */ ([path, filled(path, made)]));
  return new Map([
    ...pages,
    ['docs/verdicts.svg', `${await verdictsFigure(paper)}\n`],
    ['docs/fifteen-units.svg', `${await baselineFigure(units)}\n`],
  ]);
}

/**
 * @param {string} path
 * @param {Readonly<Record<string, string[]>>} made
 */
function filled(path, made) {
  return read(path).replace(PLACE, (_, begin, name, end) => {
    const lines = made[name];
    if (!lines)
      throw new Error(`${path} asks for the excerpt ${name}; there are ${Object.keys(made).join(', ')}`);
    return `${begin}\n\n${lines.join('\n').trim()}\n\n${end}`;
  });
}

/**
 * What report.md says, in parts.
 *
 * @param {Findings} findings
 * @returns {Record<string, string[]>}
 */
function ofResults(findings) {
  const sections = reportSections(findings);
  /** @param {SectionId} id */
  const whole = (id) => sections.find((one) => one.id === id)?.parts.flatMap(markdownPart) ?? [];
  return {
    verdicts: whole('verdict'),
    warnings: whole('weaknesses'),
    overview: overviewParts(findings).flatMap(markdownPart),
    budgets: itemsPart(budgetItems(findings)).flatMap(markdownPart),
    comparisons: [
      ...RULES.flatMap((rule) => markdownTable(narrowComparisons(findings, rule))),
      ...notesPart(comparisonNotes('few')).flatMap(markdownPart),
    ],
    'over-data-sets': whole('over'),
    'table-2': [
      ...RULES.flatMap((rule) => table2Texts(findings, rule).flatMap(markdownTable)),
      ...notesPart(table2Notes(findings)).flatMap(markdownPart),
    ],
    'figure-2': whole('figure-2'),
    claims: whole('paper'),
    sizes: markdownTable(table1Text(findings)),
    data: markdownTable(dataText(findings)),
    search: markdownTable(searchText(findings)),
    seconds: whole('cost'),
    exact: [reevaluationText(findings)],
    'how-run': itemsPart(howItems(findings)).flatMap(markdownPart),
  };
}

/** Rows of the table of speed that the first page shows. */
const SHOWN_SPEED = ['music-1x254', 'speech-a-64x48'];
const SHOWN_COLUMNS = ['sequences × frames', 'unit', 'gru-bench', 'ratio'];
/** Of other programs, as far as they were timed. */
const PEERS = ['JAX', 'PyTorch'];

/**
 * @param {string} page docs/speed.md
 * @returns {Record<string, string[]>}
 */
function ofSpeed(page) {
  const [first = ''] = page.match(/(^\|.*\n)+/m) ?? [];
  const rows = first
    .trim()
    .split('\n')
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  const [header, rule, ...steps] = rows;
  const missing = SHOWN_COLUMNS.find((name) => !header.includes(name));
  if (missing) throw new Error(`the first table of docs/speed.md has no column "${missing}"`);
  const columns = [...header.keys()].filter((i) => [...SHOWN_COLUMNS, ...PEERS].includes(header[i]));
  const shown = steps.filter(([workload]) => SHOWN_SPEED.includes(workload));
  if (shown.length === 0) throw new Error(`docs/speed.md has no rows of ${SHOWN_SPEED.join(' and ')}`);
  return {
    speed: [header, rule, ...shown].map((row) => `| ${columns.map((column) => row[column]).join(' | ')} |`),
  };
}

/** @returns {Record<string, string[]>} */
function ofLayout() {
  const folders = Object.entries(JSON.parse(read('src/layout.json')));
  return {
    folders: [
      '| in `src/` | |',
      '| --- | --- |',
      ...folders.map(([name, holds]) => `| \`${name.endsWith('.ts') ? name : `${name}/`}\` | ${holds} |`),
    ],
  };
}

/** @param {string} path */
function read(path) {
  return readFileSync(new URL(path, ROOT), 'utf8');
}

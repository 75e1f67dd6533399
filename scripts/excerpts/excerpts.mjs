import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { averagingRule, RULES } from '../../dist/report/averaging.js';
import { claims } from '../../dist/report/claims.js';
import { figure2Account, figure2Text, tableFromFigureText } from '../../dist/report/figure-2-text.js';
import { readFindings } from '../../dist/report/findings.js';
import { markdownTable } from '../../dist/report/markdown.js';
import {
  dataText,
  howText,
  reevaluationText,
  searchText,
  secondsText,
  table1Text,
  table2Notes,
  table2Texts,
} from '../../dist/report/sections.js';
import {
  budgetLines,
  comparisonNotes,
  meanDifferencesText,
  narrowComparisons,
  overNote,
  overviewNote,
  overviewText,
  standingsText,
  verdictLines,
  warningLines,
} from '../../dist/report/verdict/tables.js';
import { baselineFigure, verdictsFigure } from './figure.mjs';

/** @typedef {import('../../dist/report/findings.js').Findings} Findings */
/** @typedef {import('../../dist/report/text-table.js').TextTable} TextTable */

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
    variants: table2Texts(variants, 'per frame').flatMap(inPage).slice(2),
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
  return {
    verdicts: verdictLines(findings).map(({ dataset, sentence }) => `- **${dataset}**: ${sentence}`),
    warnings: warningLines(findings).map(({ datasets, line }) => `- ${datasets.join(', ')}: ${line}.`),
    overview: [...RULES.flatMap((rule) => overviewText(findings, rule) ?? []).flatMap(inPage), overviewNote],
    budgets: budgetLines(findings).map(({ dataset, line }) => `- ${dataset}: ${line}.`),
    comparisons: [
      ...RULES.flatMap((rule) => inPage(narrowComparisons(findings, rule))),
      ...comparisonNotes().flatMap((note) => [note, '']),
    ],
    'over-data-sets': [
      ...RULES.flatMap((rule) => [standingsText(findings, rule), meanDifferencesText(findings, rule)])
        .filter((table) => table !== undefined)
        .flatMap(inPage),
      overNote,
    ],
    'table-2': [
      ...RULES.flatMap((rule) => table2Texts(findings, rule).flatMap(inPage)),
      ...table2Notes(findings).flatMap((note) => [note, '']),
    ],
    'figure-2': [
      ...[figure2Text(findings), tableFromFigureText(findings)]
        .filter((table) => table !== undefined)
        .flatMap(inPage),
      ...figure2Account(findings).flatMap((paragraph) => [paragraph, '']),
    ],
    claims: [
      ...claims(findings).map(({ claim, verdict, evidence }) => `- **${verdict}**: ${claim} ${evidence}`),
      '',
      averagingRule(findings),
    ],
    sizes: inPage(table1Text(findings)),
    data: inPage(dataText(findings)),
    search: inPage(searchText(findings)),
    seconds: inPage(secondsText(findings)),
    exact: [reevaluationText(findings)],
    'how-run': howText(findings).flatMap(([what, text]) => (what === 'Data' ? [] : [`- ${what}: ${text}`])),
  };
}

/** A table below the headings of a page. @param {TextTable} table */
const inPage = (table) => markdownTable(table).map((line) => line.replace(/^## /, '### '));

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

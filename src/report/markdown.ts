import { publishedFiles } from '../experiment/published.js';
import { writeWholeFile } from '../platform/whole-file.js';
import { averagingRule, RULES } from './averaging.js';
import { claims } from './claims.js';
import { figure2Account, figure2Text, tableFromFigureText } from './figure-2-text.js';
import type { Findings } from './findings.js';
import {
  dataText,
  howText,
  reevaluationText,
  searchText,
  secondsText,
  table1Text,
  table2Notes,
  table2Texts,
} from './sections.js';
import type { TextCell, TextTable } from './text-table.js';
import { introduction, titleOf } from './title.js';
import {
  budgetLines,
  budgetNote,
  comparisonNotes,
  comparisonsText,
  meanDifferencesText,
  overNote,
  overviewNote,
  overviewText,
  standingsText,
  verdictLines,
  warningLines,
} from './verdict/tables.js';

/**
 * The text of report.md.
 *
 * @param figures names of those beside it
 * @param command that makes it
 */
export function markdownText(findings: Findings, figures: readonly string[], command: string): string {
  const lines = [
    `# ${titleOf(findings)}`,
    '',
    `${introduction(findings)} Made by \`${command}\`.`,
    '',
    ...verdictLines(findings).map(({ dataset, sentence }) => `- **${dataset}**: ${sentence}`),
    '',
    ...warnings(findings),
    ...overview(findings),
    ...RULES.flatMap((rule) => markdownTable(comparisonsText(findings, rule))),
    ...comparisonNotes().flatMap((note) => [note, '']),
    ...overDataSets(findings),
    ...RULES.flatMap((rule) => table2Texts(findings, rule).flatMap(markdownTable)),
    ...table2Notes(findings).flatMap((note) => [note, '']),
    reevaluationText(findings),
    '',
    ...figure2Section(findings),
    ...againstThePaper(findings),
    ...figures.flatMap((name) => [`![${name}](figures/${name}.svg)`, '']),
    ...budgets(findings),
    ...markdownTable(searchText(findings)),
    ...markdownTable(secondsText(findings)),
    ...markdownTable(table1Text(findings)),
    ...markdownTable(dataText(findings)),
    '## How it was run',
    '',
    ...howText(findings).map(([what, text]) => `- ${what}: ${text}`),
  ];
  return `${lines.join('\n')}\n`;
}

export function writeMarkdown(findings: Findings, figures: readonly string[], command: string): void {
  writeWholeFile(publishedFiles(findings.folder).markdown, markdownText(findings, figures, command));
}

function warnings(findings: Findings): string[] {
  const all = warningLines(findings);
  if (all.length === 0) return [];
  const lines = all.map(({ datasets, line }) => `- ${datasets.join(', ')}: ${line}.`);
  return ['## What weakens these numbers', '', ...lines, ''];
}

/** Before the differences, where these are very many. */
function overview(findings: Findings): string[] {
  const tables = RULES.flatMap((rule) => overviewText(findings, rule) ?? []);
  return tables.length === 0 ? [] : [...tables.flatMap(markdownTable), overviewNote, ''];
}

function overDataSets(findings: Findings): string[] {
  const tables = RULES.flatMap((rule) => [
    ...[standingsText(findings, rule) ?? []].flat(),
    ...[meanDifferencesText(findings, rule) ?? []].flat(),
  ]);
  return tables.length === 0 ? [] : [...tables.flatMap(markdownTable), overNote, ''];
}

function figure2Section(findings: Findings): string[] {
  const [curves, table] = [figure2Text(findings), tableFromFigureText(findings)];
  if (!curves || !table) return [];
  return [
    ...markdownTable(curves),
    ...markdownTable(table),
    ...figure2Account(findings).flatMap((paragraph) => [paragraph, '']),
  ];
}

function budgets(findings: Findings): string[] {
  const lines = budgetLines(findings);
  if (lines.length === 0) return [];
  return [
    '## Which unit at which budget',
    '',
    ...lines.map(({ dataset, line }) => `- ${dataset}: ${line}.`),
    '',
    budgetNote,
    '',
  ];
}

function againstThePaper(findings: Findings): string[] {
  const found = claims(findings);
  if (found.length === 0) return [];
  const lines = found.map(({ claim, verdict, evidence }) => `- **${verdict}**: ${claim} ${evidence}`);
  return ['## Against the paper', '', ...lines, '', averagingRule(findings), ''];
}

export function markdownTable({ title, header, rows }: TextTable): string[] {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`;
  const shown = ({ text, isBest }: TextCell) => (isBest ? `**${text}**` : text);
  return [
    `## ${title}`,
    '',
    line(header),
    line(header.map(() => '---')),
    ...rows.map((row) => line(row.map(shown))),
    '',
  ];
}

import { publishedFiles } from '../experiment/published.js';
import { writeWholeFile } from '../platform/whole-file.js';
import { averagingRule, claims } from './claims.js';
import type { Findings } from './findings.js';
import {
  dataText,
  howText,
  reevaluationText,
  searchText,
  secondsText,
  type TextCell,
  type TextTable,
  table1Text,
  table2Notes,
  table2Text,
} from './sections.js';

/**
 * The text of report.md.
 *
 * @param figures names of those beside it
 * @param command that makes it
 */
export function markdownText(findings: Findings, figures: readonly string[], command: string): string {
  const lines = [
    '# Empirical evaluation of gated recurrent neural networks, reproduced',
    '',
    `Chung, Gulcehre, Cho and Bengio (2014), [arXiv:1412.3555](https://arxiv.org/abs/1412.3555), beside what gru-bench found. Made by \`${command}\`.`,
    '',
    ...markdownTable(table2Text(findings)),
    ...table2Notes(findings).flatMap((note) => [note, '']),
    reevaluationText(findings),
    '',
    ...againstThePaper(findings),
    ...figures.flatMap((name) => [`![${name}](figures/${name}.svg)`, '']),
    ...markdownTable(secondsText(findings)),
    ...markdownTable(searchText(findings)),
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

function againstThePaper(findings: Findings): string[] {
  const found = claims(findings);
  if (found.length === 0) return [];
  const lines = found.map(({ claim, verdict, evidence }) => `- **${verdict}**: ${claim} ${evidence}`);
  return ['## Against the paper', '', ...lines, '', averagingRule(findings), ''];
}

export function markdownTable({ title, header, rows }: TextTable): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
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

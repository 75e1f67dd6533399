import { publishedFiles } from '../experiment/published.js';
import { writeWholeFile } from '../platform/whole-file.js';
import type { Findings } from './findings.js';
import { reportSections } from './sections/all.js';
import { hasHeading, type Item, type Part, type Section } from './sections/section.js';
import type { TextCell, TextTable } from './text-table.js';
import { introduction, titleOf } from './title.js';

/**
 * The text of report.md.
 *
 * @param figures names of those beside it
 * @param command that makes it
 */
export function markdownText(findings: Findings, figures: readonly string[], command: string): string {
  const images = figures.flatMap((name) => [`![${escaped(name)}](figures/${encodeURI(name)}.svg)`, '']);
  const lines = [
    `# ${escaped(titleOf(findings))}`,
    '',
    `${introduction(findings)} Made by \`${command}\`.`,
    '',
    ...reportSections(findings).flatMap((section) => [
      `## ${section.title}`,
      '',
      ...partsOf(section),
      ...(section.id === 'curves' ? images : []),
    ]),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

export function writeMarkdown(findings: Findings, figures: readonly string[], command: string): void {
  writeWholeFile(publishedFiles(findings.folder).markdown, markdownText(findings, figures, command));
}

const partsOf = (section: Section) =>
  section.parts.flatMap((part) =>
    part.kind === 'table' && !hasHeading(section, part) ? tableLines(part.table) : markdownPart(part),
  );

/** Lines of a part, with an empty one after it. */
export function markdownPart(part: Part): string[] {
  if (part.kind === 'table') return markdownTable(part.table);
  if (part.kind === 'notes') return part.paragraphs.flatMap((paragraph) => [escaped(paragraph), '']);
  return [...part.items.map(itemLine), ''];
}

const itemLine = ({ lead, text, more }: Item) =>
  [`- **${escaped(lead)}**:`, escaped(text), ...(more === undefined ? [] : [escaped(more)])].join(' ');

export const markdownTable = (table: TextTable): string[] => [
  `### ${escaped(table.title)}`,
  '',
  ...tableLines(table),
];

function tableLines({ header, rows }: TextTable): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const shown = ({ text, isBest }: TextCell) => (isBest ? `**${escaped(text)}**` : escaped(text));
  return [
    line(header.map(escaped)),
    line(header.map(() => '---')),
    ...rows.map((row) => line(row.map(shown))),
    '',
  ];
}

/** Text as Markdown shows it: names that users give may have its signs. */
const escaped = (text: string): string => text.replace(/[\\`*[|]|<(?=[a-z/!?])/gi, '\\$&');

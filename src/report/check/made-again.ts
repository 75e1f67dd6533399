import { existsSync } from 'node:fs';
import { FILE_NAMES, publishedFiles } from '../../experiment/published.js';
import { unescapeMarkup } from '../../platform/escape-markup.js';
import { readBounded } from '../../platform/read-file.js';
import type { Figures } from '../figures.js';
import { markdownText } from '../markdown.js';
import { pageHtml } from '../page/page.js';
import { piecesPanels } from '../page/pieces.js';
import { comparisonsCsv, table2Csv } from '../table-file.js';
import type { Tally } from './held.js';
import { type LineDifference, lineDifferences } from './line-differences.js';
import { nameIn, type Published } from './published.js';
import { orFault } from './unread.js';

/** Bytes; a page has its figures and all results in it. */
const LARGEST_FILE = 256 * 1024 * 1024;

/** Holds table2.csv to the one that results.csv gives. */
export function holdTable({ findings }: Published, tally: Tally): void {
  const path = publishedFiles(findings.folder).table;
  holdLines(tally, nameIn(findings, path), textOf(path), table2Csv(findings));
}

/** Holds comparisons.csv to the one that results.csv and sequence-nll.csv give. */
export function holdComparisons({ findings }: Published, tally: Tally): void {
  const path = publishedFiles(findings.folder).comparisons;
  holdLines(tally, nameIn(findings, path), textOf(path), comparisonsCsv(findings));
}

/** Holds report.md to the one that the other files give. */
export function holdMarkdown({ findings }: Published, figures: Figures, tally: Tally): void {
  const path = publishedFiles(findings.folder).markdown;
  const stated = textOf(path);
  const [, command] = stated.match(/Made by `([^`\n]*)`/) ?? [];
  holdLines(
    tally,
    nameIn(findings, path),
    stated,
    markdownText(findings, [...figures.keys()], command ?? ''),
  );
}

/** Holds report.html to the one that the other files give, but for style and script, and for the drawn pieces. */
export async function holdPage({ findings }: Published, figures: Figures, tally: Tally): Promise<void> {
  const path = publishedFiles(findings.folder).page;
  const stated = textOf(path);
  const [, command] = stated.match(/Made by <code>([^<\n]*)<\/code>/) ?? [];
  const made = await pageHtml(findings, [...figures.keys()], unescapeMarkup(command ?? ''), async () => '');
  const panels = [...piecesPanels(stated).values()];
  const bare = panels.reduce((html, panel) => html.replace(panel, ''), stated);
  const file = nameIn(findings, path);
  holdCopy(tally, file, bare, made);
  const text = (html: string) => withOwnIds(withoutStyle(html)).replace(COPY, '');
  holdText(tally, file, text(bare), text(made));
}

/** The results.csv in a page. */
const COPY = /data:text\/csv;base64,([^"]*)/;

/** Holds the results.csv in the page to the one beside it. Of many numbers there it alone tells the line. */
function holdCopy(tally: Tally, file: string, stated: string, made: string): void {
  const copyIn = (html: string) => Buffer.from(html.match(COPY)?.[1] ?? '', 'base64').toString('utf8');
  const [copy, original] = [copyIn(stated), copyIn(made)];
  countNumbers(tally, original);
  if (copy === original) return;
  const differences = lineDifferences(copy.split('\n'), original.split('\n'));
  for (const { line, ...texts } of differences)
    tally.fault(file, `its copy of ${FILE_NAMES.results}, line ${line}${differenceText(texts)}`);
}

/** Holds the figures to those that the other files give. */
export function holdFigures({ findings }: Published, figures: Figures, tally: Tally): void {
  for (const [name, svg] of figures) {
    const path = publishedFiles(findings.folder).figure(name);
    const file = nameIn(findings, path);
    if (!existsSync(path)) tally.fault(file, 'is missing');
    else {
      const stated = orFault(tally, file, () => textOf(path));
      if (stated !== undefined) holdText(tally, file, withOwnIds(stated), withOwnIds(svg));
    }
  }
}

export function textOf(path: string): string {
  return readBounded(path, LARGEST_FILE).toString('utf8');
}

/** Style and script state no number. */
function withoutStyle(html: string): string {
  return html.replace(/<style>.*?<\/style>|<script>.*?<\/script>/gs, '');
}

/** Vega counts the clip paths of all that a process draws; here they count from 1. */
export function withOwnIds(svg: string): string {
  const ids = new Map<string, string>();
  return svg.replace(/\bclip\d+\b/g, (id) => {
    const own = ids.get(id) ?? `clip${ids.size + 1}`;
    ids.set(id, own);
    return own;
  });
}

const NUMBER = /\d+(\.\d+)?(e[+-]?\d+)?/g;

/** Every line that differs is a fault. */
function holdLines(tally: Tally, file: string, stated: string, made: string): void {
  countNumbers(tally, made);
  if (stated === made) return;
  for (const { line, ...texts } of lineDifferences(stated.split('\n'), made.split('\n')))
    tally.fault(file, `line ${line}${differenceText(texts)}`);
}

function differenceText({ stated, made }: Omit<LineDifference, 'line'>): string {
  if (made === undefined) return ` is too much: "${start(stated ?? '')}"`;
  if (stated === undefined) return `: "${start(made)}" is missing before it`;
  const { around } = firstDifference(stated, made);
  return ` has "${around(stated)}" instead of "${around(made)}"`;
}

/** Characters around a difference that are shown. */
const BEFORE = 12;
const AFTER = 28;

const start = (text: string) => (text.length > BEFORE + AFTER ? `${text.slice(0, BEFORE + AFTER)}…` : text);

function firstDifference(stated: string, made: string) {
  let at = 0;
  while (stated[at] === made[at]) at += 1;
  return { at, around: (text: string) => text.slice(Math.max(0, at - BEFORE), at + AFTER) };
}

/** The first difference is a fault. */
function holdText(tally: Tally, file: string, stated: string, made: string): void {
  countNumbers(tally, made);
  if (stated === made) return;
  const { at, around } = firstDifference(stated, made);
  tally.fault(file, `character ${at + 1} has "${around(stated)}" instead of "${around(made)}"`);
}

function countNumbers(tally: Tally, text: string): void {
  tally.count(text.match(NUMBER)?.length ?? 0);
}

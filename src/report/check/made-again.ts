import { existsSync } from 'node:fs';
import { publishedFiles } from '../../experiment/published.js';
import { unescapeMarkup } from '../../platform/escape-markup.js';
import { readBounded } from '../../platform/read-file.js';
import type { Figures } from '../figures.js';
import { markdownText } from '../markdown.js';
import { pageHtml } from '../page/page.js';
import { piecesPanels } from '../page/pieces.js';
import { comparisonsCsv, table2Csv } from '../table-file.js';
import type { Tally } from './held.js';
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
  const text = (html: string) => withOwnIds(withoutStyle(html));
  holdText(tally, nameIn(findings, path), text(bare), text(made));
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
  const [lines, expected] = [stated.split('\n'), made.split('\n')];
  for (let i = 0; i < Math.max(lines.length, expected.length); i++)
    holdText(tally, file, lines[i] ?? '', expected[i] ?? '', `line ${i + 1}`);
}

/** Characters around a difference that are shown. */
const BEFORE = 12;
const AFTER = 28;

/** The first difference is a fault. @param place its own where it is not the text's line and character */
function holdText(tally: Tally, file: string, stated: string, made: string, place?: string): void {
  tally.count(made.match(NUMBER)?.length ?? 0);
  if (stated === made) return;
  let at = 0;
  while (stated[at] === made[at]) at += 1;
  const around = (text: string) => text.slice(Math.max(0, at - BEFORE), at + AFTER);
  const where = place ?? `character ${at + 1}`;
  tally.fault(file, `${where} has "${around(stated)}" instead of "${around(made)}"`);
}

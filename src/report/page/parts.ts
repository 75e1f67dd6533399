import { escapeMarkup } from '../../platform/escape-markup.js';
import { RULES } from '../averaging.js';
import { hasHeading, type Item, type Part, type Section, type SectionId } from '../sections/section.js';
import { isReadable, type TextTable } from '../text-table.js';
import { paragraphs, switchHtml, tableHtml } from './html.js';

/** What a section says, as the page shows it; where a part is by one average, below a switch between them. */
export function partsHtml(section: Section): string {
  const isByRule = section.parts.some((part) => part.kind === 'table' && part.rule !== undefined);
  const parts = section.parts.map((part) => partHtml(section, part));
  return [...(isByRule ? [ruleSwitch(section.id)] : []), ...parts].join('\n');
}

/** Switches between the averages, with all others on the page. */
export const ruleSwitch = (place: SectionId): string => switchHtml('rule', place, 'Average', RULES);

function partHtml(section: Section, part: Part): string {
  if (part.kind === 'items') return itemsHtml(section.id, part.items);
  if (part.kind === 'notes') return notesHtml(part);
  const html = foldedHtml(part.table, hasHeading(section, part));
  return part.rule === undefined ? html : ofRule(part.rule, html);
}

/** Wraps what is shown for one average alone. */
export const ofRule = (rule: string, html: string) => `<div data-rule="${rule}">${html}</div>`;

/** A table that is too long to read through opens where one asks for it. */
function foldedHtml(table: TextTable, withHeading: boolean): string {
  const html = tableHtml(table, withHeading);
  return isReadable(table.rows)
    ? html
    : `<details><summary>${escapeMarkup(table.title)}: all ${table.rows.length} rows</summary>\n${html}</details>`;
}

function notesHtml({ paragraphs: texts, summary }: Extract<Part, { kind: 'notes' }>): string {
  const html = paragraphs(texts);
  return summary === undefined
    ? `<div class="notes">${html}</div>`
    : `<details class="notes"><summary>${escapeMarkup(summary)}</summary>\n${html}</details>`;
}

function itemsHtml(id: SectionId, items: readonly Item[]): string {
  const [open, close, itemHtml] = ITEMS[id] ?? LIST;
  return `${open}\n${items.map(itemHtml).join('\n')}\n${close}`;
}

const moreHtml = (more: string | undefined) =>
  more === undefined ? '' : `<p class="faint">${escapeMarkup(more)}</p>`;

type ItemsHtml = readonly [open: string, close: string, itemHtml: (item: Item) => string];

const LIST: ItemsHtml = [
  '<ul class="points">',
  '</ul>',
  ({ lead, text, more }) =>
    `<li><strong>${escapeMarkup(lead)}</strong>: ${escapeMarkup(text)}${moreHtml(more)}</li>`,
];

/** Items that are not shown as a list. */
const ITEMS: Readonly<Partial<Record<SectionId, ItemsHtml>>> = {
  verdict: [
    '<dl class="verdicts">',
    '</dl>',
    ({ lead, text, more }) =>
      `<div><dt>${escapeMarkup(lead)}</dt><dd>${escapeMarkup(text)}${moreHtml(more)}</dd></div>`,
  ],
  paper: [
    '<ul class="claims">',
    '</ul>',
    ({ lead, text, more }) =>
      `<li><span class="claim" data-claim="${escapeMarkup(lead)}">${escapeMarkup(lead)}</span>${escapeMarkup(text)}${moreHtml(more)}</li>`,
  ],
  how: [
    '<dl class="details">',
    '</dl>',
    ({ lead, text, more }) => `<dt>${escapeMarkup(lead)}</dt><dd>${escapeMarkup(text)}${moreHtml(more)}</dd>`,
  ],
};

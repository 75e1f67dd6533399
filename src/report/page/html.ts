import { escapeMarkup } from '../../platform/escape-markup.js';
import type { TextCell, TextTable } from '../text-table.js';

/** Markdown's `[text](address)` as HTML. */
export function inlineHtml(markdown: string): string {
  return escapeMarkup(markdown).replace(/\[([^\]]+)\]\((https:[^)]+)\)/g, '<a href="$2">$1</a>');
}

/** A section of the page. */
export interface SectionOfPage {
  /** Names it in addresses. */
  readonly id: string;
  readonly title: string;
  /** How the contents call it, where that is not its title. */
  readonly short?: string;
  readonly html: string;
}

export function sectionHtml({ id, title, html }: SectionOfPage): string {
  const heading = `${escapeMarkup(title)} <a class="anchor" href="#${id}" aria-label="Link to: ${escapeMarkup(title)}">#</a>`;
  return `<section aria-labelledby="${id}">\n<h2 id="${id}">${heading}</h2>\n${html}\n</section>`;
}

export function contentsHtml(sections: readonly SectionOfPage[]): string {
  const items = sections.map(
    ({ id, title, short }) => `<li><a href="#${id}">${escapeMarkup(short ?? title)}</a></li>`,
  );
  return `<nav aria-label="Contents"><ul>${items.join('')}</ul></nav>`;
}

export const paragraphs = (texts: readonly string[]) =>
  texts.map((text) => `<p>${escapeMarkup(text)}</p>`).join('\n');

/**
 * A switch between kinds of a thing.
 *
 * @param place of those of the same thing, which switch together
 */
export function switchHtml(thing: string, place: string, label: string, choices: readonly string[]): string {
  const options = choices.map(
    (choice, i) =>
      `<label><input type="radio" name="${thing}-${place}" data-switch="${thing}" value="${escapeMarkup(choice)}"${i === 0 ? ' checked' : ''}><span class="pill">${escapeMarkup(choice)}</span></label>`,
  );
  return `<fieldset class="choice"><legend>${escapeMarkup(label)}</legend>${options.join('')}</fieldset>`;
}

/** A table whose columns can be sorted by. What names a row is one cell, which stays while the rest scrolls. */
export function tableHtml({ title, names, header, rows }: TextTable, hasHeading = true): string {
  const body = rows.map((row, i) => {
    const isNewSet = i > 0 && names > 1 && row[0].text !== rows[i - 1][0].text;
    const name = rowName(row.slice(0, names).map(({ text }) => text));
    return `<tr${isNewSet ? ' class="new-set"' : ''}>${name}${row.slice(names).map(cellHtml).join('')}</tr>`;
  });
  const head = [header.slice(0, names).join(', '), ...header.slice(names)].map(
    (text) => `<th scope="col"><button type="button" class="sort">${escapeMarkup(text)}</button></th>`,
  );
  const label = escapeMarkup(title);
  const heading = hasHeading ? `<h3>${label}</h3>\n` : '';
  return `${heading}<div class="wide" tabindex="0" role="region" aria-label="${label}"><table><thead><tr>${head.join('')}</tr></thead>
<tbody>${body.join('\n')}</tbody></table></div>`;
}

function rowName([first, ...more]: readonly string[]): string {
  if (more.length === 0) return `<th scope="row">${escapeMarkup(first)}</th>`;
  const parts = [first, more.join(', ')].map((part) => `<span class="part">${escapeMarkup(part)}</span>`);
  return `<th scope="row">${parts.join(' ')}</th>`;
}

function cellHtml({ text, isBest, value }: TextCell): string {
  const exact = value === undefined ? '' : ` data-value="${value}"`;
  const shown = escapeMarkup(text);
  return `<td${exact}>${isBest ? `<strong class="best">${shown}</strong>` : shown}</td>`;
}

/** All panels of the page have one size: that of a telephone, so that text is nowhere smaller than drawn. */
export const PANEL = { width: 350, height: 270 };

/** A drawing. @param label what assistive technology says in its place */
export function figureHtml(
  svg: string,
  label: string,
  {
    title,
    caption,
    attributes = '',
    below = '',
  }: { title?: string; caption: string; attributes?: string; below?: string },
): string {
  const above = title === undefined ? '' : `<h3>${escapeMarkup(title)}</h3>`;
  // A function, for a text would have its $ read as a part of what was found.
  const named = slimmer(svg).replace('<svg ', () => `<svg role="img" aria-label="${escapeMarkup(label)}" `);
  return `<figure${attributes}>${above}<div class="drawing">${named}</div>${below}<figcaption>${caption}</figcaption></figure>`;
}

/**
 * Without what the page says once for all, what is a default, and what nobody is told: a drawing is one image to
 * assistive technology, but the names of its marks stay, for the pointer.
 */
function slimmer(svg: string): string {
  return svg
    .replace(/ (?:role|aria-roledescription|aria-hidden)="[^"]*"/g, '')
    .replace(/(class="mark-(?:group|text)[^"]*") aria-label="[^"]*"/g, '$1')
    .replaceAll(' aria-label=', ' data-label=')
    .replace(/<text[^>]* opacity="0"[^>]*>[^<]*<\/text>/g, '')
    .replace(/ (?:font-family="[^"]*"|stroke-width="1"|opacity="1"|fill-opacity="1"|display="inline")/g, '')
    .replace(/<path class="(?:fore|back)ground" d="(?:M0,0h0v0h0Z)?"[^>]*\/>/g, '');
}

/** Links to files beside the page. */
export function fileLinks(files: readonly (readonly [path: string, text: string])[]): string {
  return files
    .map(([path, text]) => `<a href="${escapeMarkup(encodeURI(path))}">${escapeMarkup(text)}</a>`)
    .join(' · ');
}

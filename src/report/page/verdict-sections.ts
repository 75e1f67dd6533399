import { escapeMarkup } from '../../platform/escape-markup.js';
import { RULES, type Rule } from '../averaging.js';
import type { Findings } from '../findings.js';
import { differencesLabel, differencesPanel } from '../plots/differences.js';
import { drawSvg, fitted } from '../plots/draw.js';
import type { Theme } from '../plots/theme.js';
import { reevaluationText, table2Notes, table2Texts } from '../sections.js';
import type { TextTable } from '../text-table.js';
import {
  comparisonNotes,
  comparisonsText,
  isReadable,
  meanDifferencesText,
  overNote,
  overviewNote,
  overviewText,
  standingsText,
  verdictLines,
  warningLines,
} from '../verdict/tables.js';
import { shownPairs, verdictOf } from '../verdict/verdict.js';
import { figureHtml, inlineHtml, PANEL, paragraphs, type Section, switchHtml, tableHtml } from './html.js';

/** The answer: a sentence a data set, and the differences of the units as one picture. */
export async function verdictSection(findings: Findings, theme: Theme): Promise<Section> {
  const lines = verdictLines(findings).map(
    ({ dataset, sentence }) => `<div><dt>${escapeMarkup(dataset)}</dt><dd>${inlineHtml(sentence)}</dd></div>`,
  );
  const pictures = await Promise.all(RULES.map((rule) => picture(findings, rule, theme)));
  const hasPairs = pictures.some((one) => one !== '');
  return {
    id: 'verdict',
    title: 'Verdict',
    html: `<dl class="verdicts">\n${lines.join('\n')}\n</dl>
${hasPairs ? `${switchHtml('rule', 'Average', RULES)}\n${pictures.join('\n')}\n<p class="faint">${PICTURE}</p>` : ''}`,
  };
}

const PICTURE =
  'Left of the line the first unit is better, right of it the second. A dot: a seed. Thick: 95 % interval over the seeds. Thin: over seeds and test sequences together. In the colour of the better unit; grey where neither can be told to be.';

/** Wraps what is shown for one average alone. */
const ofRule = (rule: Rule, html: string) => `<div data-rule="${rule}">${html}</div>`;

async function picture(findings: Findings, rule: Rule, theme: Theme): Promise<string> {
  const figures = await Promise.all(
    verdictOf(findings).datasets.map(async (verdict) => {
      const { dataset, comparisons } = verdict;
      const pairs = shownPairs(verdict, rule);
      if (pairs.length === 0) return '';
      const panel = differencesPanel(pairs, theme, { width: PANEL.width });
      const label = differencesLabel(pairs, dataset, findings.unitTitle);
      const rest = comparisons[rule].length - pairs.length;
      const caption = rest > 0 ? `The other ${rest} pairs are in the table.` : '';
      const svg = await drawSvg(fitted(panel), theme);
      return figureHtml(svg, label, { title: dataset, caption, attributes: ' data-hover' });
    }),
  );
  const html = figures.filter((one) => one !== '').join('\n');
  return html === '' ? '' : ofRule(rule, `<div class="panels">${html}</div>`);
}

export function weaknessSection(findings: Findings): Section | undefined {
  const all = warningLines(findings);
  if (all.length === 0) return undefined;
  const items = all.map(
    ({ datasets, line }) =>
      `<li><strong>${escapeMarkup(datasets.join(', '))}</strong>: ${escapeMarkup(line)}.</li>`,
  );
  return {
    id: 'weak',
    title: 'What weakens these numbers',
    short: 'Weaknesses',
    html: `<ul class="warnings">\n${items.join('\n')}\n</ul>`,
  };
}

/** What the notes on the differences tell, which fold away: they are long. */
const NOTES = 'What the columns mean, and what makes a unit “better”';

export function differencesSection(findings: Findings): Section | undefined {
  const tables = RULES.map((rule) => comparisonsText(findings, rule));
  if (tables.every(({ rows }) => rows.length === 0)) return undefined;
  const html = RULES.map((rule, i) => {
    const overview = overviewText(findings, rule);
    const above = overview ? `${tableHtml(overview)}\n` : '';
    return ofRule(rule, `${above}${foldedHtml(tables[i], i === 0 ? 'comparisons' : undefined)}`);
  });
  const ofOverview = overviewText(findings, RULES[0])
    ? `<div class="notes">${paragraphs([overviewNote])}</div>\n`
    : '';
  return {
    id: 'differences',
    title: 'Differences and tests',
    short: 'Differences',
    html: `${html.join('\n')}\n${ofOverview}<details class="notes"><summary>${NOTES}</summary>\n${paragraphs(comparisonNotes())}</details>`,
  };
}

/** A table that is too long to read through opens where one asks for it. */
function foldedHtml(table: TextTable, id?: string): string {
  const html = tableHtml(table, id);
  return isReadable(table.rows)
    ? html
    : `<details><summary>All ${table.rows.length} differences</summary>\n${html}</details>`;
}

export function overSection(findings: Findings): Section | undefined {
  const html = RULES.flatMap((rule) => {
    const [standings, differences] = [standingsText(findings, rule), meanDifferencesText(findings, rule)];
    if (!standings) return [];
    const tables = [tableHtml(standings), ...(differences ? [foldedHtml(differences)] : [])];
    return [ofRule(rule, tables.join('\n'))];
  });
  if (html.length === 0) return undefined;
  return {
    id: 'over',
    title: 'Over all data sets',
    html: `${html.join('\n')}\n<div class="notes">${paragraphs([overNote])}</div>`,
  };
}

/** Table 2: the test set before the training set, one average at a time. */
export function table2Section(findings: Findings): Section {
  const html = RULES.map((rule, i) =>
    ofRule(
      rule,
      table2Texts(findings, rule)
        .map((table, k) => tableHtml(table, i + k === 0 ? 'table2' : undefined))
        .join('\n'),
    ),
  );
  return {
    id: 'nll',
    title: 'Negative log-likelihood',
    short: 'NLL',
    html: `${html.join('\n')}\n<div class="notes">${paragraphs([...table2Notes(findings), reevaluationText(findings)])}</div>`,
  };
}

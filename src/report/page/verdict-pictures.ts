import { RULES, type Rule } from '../averaging.js';
import type { Findings } from '../findings.js';
import { differencesLabel, differencesPanel } from '../plots/differences.js';
import { drawSvg, fitted } from '../plots/draw.js';
import type { Theme } from '../plots/theme.js';
import { shownPairs, verdictOf } from '../verdict/verdict.js';
import { figureHtml, PANEL } from './html.js';
import { ofRule, ruleSwitch } from './parts.js';

const CAPTION =
  'Left of the line the first unit is better, right of it the second. A dot: a seed. Thick: 95 % interval over the seeds. Thin: over seeds and test sequences together. In the colour of the better unit; grey where neither can be told to be.';

/** The differences of the units as a picture a data set, and the switch between the averages; nothing without pairs. */
export async function verdictPictures(findings: Findings, theme: Theme): Promise<string> {
  const pictures = await Promise.all(RULES.map((rule) => picture(findings, rule, theme)));
  return pictures.some((one) => one !== '')
    ? `${ruleSwitch('verdict')}\n${pictures.join('\n')}\n<p class="faint">${CAPTION}</p>`
    : '';
}

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

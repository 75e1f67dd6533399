import { describe, expect, it } from 'vitest';
import { datasetPlanSchema } from '../../src/experiment/config.js';
import type { Findings } from '../../src/report/findings.js';
import { markdownText } from '../../src/report/markdown.js';
import { figureHtml } from '../../src/report/page/html.js';
import { partsHtml } from '../../src/report/page/parts.js';
import { reportSections } from '../../src/report/sections/all.js';
import { unitTitles } from '../../src/report/unit-title.js';
import { simulated } from './verdict/simulated.js';

/** What means something to HTML, to Markdown, or to a replacement in a text. */
const TITLES = ['<b>&"\'', '**[|`\\', "$' $& $` $1 onload=alert(1)"];

/** An experiment whose own unit has a title. */
function titled(title: string): Findings {
  const found = simulated({
    ...{ units: ['gru', 'own'], seeds: 5, sequences: 10 },
    nll: (unit, seed, sequence) => 3 + unit + ((seed * 7 + sequence * 3) % 5) / 100,
  });
  const [record] = found.experiment.datasets;
  const equations = record.plan.equations?.map((one) => (one.name === 'own' ? { ...one, title } : one));
  const unitTitle = unitTitles([{ ...record.plan, equations }]);
  return { ...found, unitTitle };
}

describe('what users name', () => {
  it.each(TITLES)('is shown as it is written: %s', (title) => {
    const found = titled(title);
    const [verdict] = reportSections(found);
    expect(JSON.stringify(verdict)).toContain(JSON.stringify(title).slice(1, -1));
    const html = partsHtml(verdict);
    expect(html.replace(/<\/?(dl|div|dt|dd)( class="verdicts")?>/g, '')).not.toMatch(/[<>"]/);
    const unescaped = markdownText(found, [], 'report').replace(/\\([\\`*<[|])/g, '$1');
    expect(unescaped).toContain(`GRU is better than ${title} (by `);
  });

  it('stays inside the label of a figure', () => {
    for (const title of TITLES) {
      const html = figureHtml('<svg viewBox="0 0 1 1"></svg>', title, { caption: '' });
      const [tag] = html.match(/<svg [^>]*>/) ?? [];
      expect(tag).toMatch(/^<svg role="img" aria-label="[^"]*" viewBox="0 0 1 1">$/);
    }
  });

  it('names no file outside the folder of an experiment', () => {
    const plan = { name: 'set', dataset: 'nottingham', seed: 1 };
    expect(datasetPlanSchema.safeParse(plan).success).toBe(true);
    for (const wrong of [{ name: '../../x' }, { name: 'a/b' }, { name: 'a\nb' }, { units: ['../x'] }])
      expect(datasetPlanSchema.safeParse({ ...plan, ...wrong }).success).toBe(false);
  });
});

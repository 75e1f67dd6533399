import { expect, it } from 'vitest';
import { datasetPlanSchema } from '../../src/experiment/config.js';
import { paperSetOf } from '../../src/report/paper.js';

it.each([
  [{}, 'nottingham'],
  [{ units: ['gru', 'own'], hiddenUnits: { own: 30 } }, 'nottingham'],
  [{ dataset: '/data/music' }, undefined],
  [{ training: { maxSequences: 20 } }, undefined],
  [{ parameters: 20_000 }, undefined],
  [{ hiddenUnits: { gru: 30 } }, undefined],
])('numbers of %o stand beside those of the paper’s %s', (more, set) => {
  const plan = datasetPlanSchema.parse({ name: 'set', dataset: 'nottingham', seed: 1, ...more });
  expect(paperSetOf(plan)).toBe(set);
});

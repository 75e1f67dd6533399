import { expect, it } from 'vitest';
import type { ModelContext } from '../../src/report/check/context.js';
import { NotChecked } from '../../src/report/check/held.js';
import { drawAgain } from '../../src/report/check/pieces.js';
import { readPublishedFiles } from '../../src/report/check/published.js';
import { hasRealPiece, piecesPanel } from '../../src/report/page/pieces.js';

it('a piece that was drawn without its data at hand is drawn again so, data or not', async () => {
  const published = readPublishedFiles('results/nottingham-variants');
  const [{ dataset }] = published.cells;
  const stated = await piecesPanel(published.findings, dataset, false);
  expect(hasRealPiece(stated)).toBe(false);
  const findings = { ...published.findings, reevaluation: [] };
  const load = () => Promise.reject(new NotChecked('its data are not here'));
  const context = { published: { ...published, findings }, load } as unknown as ModelContext;
  expect(await drawAgain(context, dataset, stated)).toEqual({ numbers: 1, faults: [] });
  const other = stated.replace(/translate\(\d/, 'translate(9');
  expect((await drawAgain(context, dataset, other)).faults).toHaveLength(1);
});

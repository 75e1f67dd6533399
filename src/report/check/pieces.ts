import { existsSync } from 'node:fs';
import { publishedFiles } from '../../experiment/published.js';
import { startBackend } from '../../platform/backend.js';
import { UnreadableFile } from '../../platform/failure.js';
import { hasRealPiece, piecesPanel, piecesPanels } from '../page/pieces.js';
import type { ModelContext } from './context.js';
import { NotChecked } from './held.js';
import { textOf, withOwnIds } from './made-again.js';
import type { Published } from './published.js';

/** The panel of pieces of a data set as report.html has it; a page that cannot be read does not hold as it is. */
export function statedPieces({ findings }: Published, dataset: string): string | undefined {
  const { page } = publishedFiles(findings.folder);
  try {
    return existsSync(page) ? piecesPanels(textOf(page)).get(dataset) : undefined;
  } catch (error) {
    if (error instanceof UnreadableFile) return undefined;
    throw error;
  }
}

const FIGURE = /<figure.*?<\/figure>/gs;

/** Draws the pieces on the page again, as without data where they were so: a sampled note may hang on the last bit that another backend gives. */
export async function drawAgain({ published, load }: ModelContext, dataset: string, stated: string) {
  const hasReal = hasRealPiece(stated);
  if (hasReal) await load();
  const { findings } = published;
  const { name } = await startBackend('auto', 1);
  const backends = new Set(findings.reevaluation.map(({ backend }) => backend));
  if (backends.size > 0 && !backends.has(name))
    throw new NotChecked(`drawn on the ${[...backends].join(' or ')} backend, and here is ${name}`);
  const figures = stated.match(FIGURE) ?? [];
  const made = (await piecesPanel(findings, dataset, hasReal)).match(FIGURE) ?? [];
  const faults = figures.flatMap((figure, i) =>
    withOwnIds(figure) === withOwnIds(made[i] ?? '')
      ? []
      : [`${i === 0 ? 'the drawn piece' : 'the piece of the test set'} of ${dataset} is another`],
  );
  return { numbers: figures.length, faults };
}

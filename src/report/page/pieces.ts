import type { PianoRoll } from '../../data/sequence.js';
import { escapeMarkup } from '../../platform/escape-markup.js';
import { appearances } from '../appearance.js';
import { type Findings, unitsOf } from '../findings.js';
import { pieceBesideReal } from '../pieces.js';
import { drawSvg, fitted } from '../plots/draw.js';
import { notesOf, pianoRollPanel } from '../plots/piano-roll.js';
import { onPage } from '../plots/theme.js';
import { figureHtml, PANEL } from './html.js';

/**
 * A piece drawn from the model with the best validation NLL of a music data set, beside a real one where the data are
 * at hand, both to be listened to: one element, which `piecesPanels` finds in a page; empty where there is no such
 * model.
 *
 * @param hasData false: as where the data are not at hand
 */
export async function piecesPanel(findings: Findings, dataset: string, hasData = true): Promise<string> {
  const pieces = await pieceBesideReal(findings, dataset, hasData);
  if (!pieces) return '';
  const { unit, drawn, real } = pieces;
  const theme = onPage(appearances(unitsOf(findings)), findings.unitTitle);
  const piece = async (roll: PianoRoll, what: string) =>
    figureHtml(await drawSvg(fitted(pianoRollPanel(roll, theme, unit, PANEL)), theme), what, {
      caption: escapeMarkup(what),
      below: playHtml(roll, what),
    });
  const figures = [
    await piece(drawn, `Drawn from the ${findings.unitTitle(unit)} with the best validation NLL`),
    ...(real ? [await piece(real, 'A piece of the test set')] : []),
  ];
  return `<div class="pieces" data-pieces="${escapeMarkup(dataset)}">${figures.join('')}</div>`;
}

/** Whether a real piece stands beside the drawn one, which without data it does not. */
export const hasRealPiece = (panel: string) => (panel.match(/<figure/g)?.length ?? 0) > 1;

/** Notes are MIDI number, first frame and the one after the last, three numbers each. */
function playHtml(roll: PianoRoll, what: string): string {
  const notes = notesOf(roll).flatMap(({ key, from, until }) => [key, from, until]);
  return `<button type="button" class="pill play" data-frames="${roll.frames}" data-notes="${notes.join(' ')}" aria-label="Play: ${escapeMarkup(what)}">Play</button>`;
}

/** The panels of pieces in a page, whole, by data set. */
export function piecesPanels(html: string): Map<string, string> {
  const found = html.matchAll(
    /<div class="pieces" data-pieces="([^"]*)">(?:<figure>.*?<\/figure>)*<\/div>/gs,
  );
  return new Map(Array.from(found, ([panel, dataset]) => [dataset, panel]));
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SPLITS, type Split } from '../data/sequence.js';
import { formatDuration } from '../platform/duration.js';
import { escapeMarkup, jsonInScript } from '../platform/escape-markup.js';
import { PACKAGE_ROOT } from '../platform/folders.js';
import { countOf } from '../platform/format-number.js';
import { pageStyle } from '../platform/page-style.js';
import { shownPath } from '../platform/shown-path.js';
import { writeWholeFile } from '../platform/whole-file.js';
import { ABOVE_THE_PANEL } from '../report/plots/curve-extent.js';
import type { CurveRow } from '../training/curve.js';
import { cautions, compareOptions } from './differences.js';
import { runLabel } from './labels.js';
import { drawCurves, OVER, type Over, runColour, selectorOf } from './panel.js';
import type { SavedRun } from './saved-run.js';

/** Epochs of a run that the page shows at most; of longer runs every second, third, … one. */
const MOST_EPOCHS = 4000;

const SPLIT_TITLES: Readonly<Record<Split, string>> = { valid: 'validation', train: 'train', test: 'test' };
/** The one that units are chosen by goes first. */
const SHOWN: readonly Split[] = ['valid', 'train', 'test'];

/** Writes a page of runs laid over each other: one file that needs no network. @throws Failure where it cannot be written */
export async function writeComparison(path: string, runs: readonly SavedRun[]): Promise<void> {
  writeWholeFile(path, await comparisonHtml(runs));
}

async function comparisonHtml(runs: readonly SavedRun[]): Promise<string> {
  const curves = runs.map(({ curve }, i) => ({ label: runLabel(i), curve: thinned(curve) }));
  const panels = await Promise.all(SHOWN.map((split) => splitPanels(curves, split)));
  const { differences, shared } = compareOptions(runs);
  const isThinned = runs.some(({ curve }) => curve.length > MOST_EPOCHS);
  const notes = [
    ...cautions(runs),
    ...(isThinned ? [`Of runs of more than ${countOf(MOST_EPOCHS)} epochs, not every one is drawn.`] : []),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>gru-bench: ${runs.length} runs compared</title>
<style>
${pageStyle()}${part('report', 'page.css')}${part('comparison', 'page.css')}${shownRules(runs.length)}</style>
</head>
<body>
<h1>${runs.length === 1 ? 'A run' : `${runs.length} runs compared`}</h1>
${notes.map((note) => `<p class="caution">${escapeMarkup(note)}</p>`).join('\n')}
<fieldset class="run-choice" aria-label="runs shown">${runs.map(runChoice).join('')}</fieldset>
<fieldset class="choice" aria-label="split">${SHOWN.map(splitChoice).join('')}</fieldset>
${panels.join('\n')}
<h2>Runs</h2>
<p class="faint">NLL per frame at the epoch with the best validation NLL, nats; seconds are those of training.</p>
${table([['', 'run', 'data', 'unit', 'parameters', 'state', 'best', 'epochs', 'train', 'valid', 'test', 'an epoch', 'in all'], ...runs.map(runRow)])}
${runs.length > 1 ? `<h2>What differs</h2>\n${differenceTable(runs, differences)}` : ''}
<h2>${runs.length > 1 ? 'The same in all' : 'Options'}</h2>
<dl class="details">
${[...shared].map(([option, value]) => `<dt>${escapeMarkup(option)}</dt><dd>${escapeMarkup(value)}</dd>`).join('\n')}
</dl>
<div id="tooltip" hidden></div>
<script type="application/json" id="runs">${jsonInScript(curves.map(pointerData))}</script>
<script>
${part('comparison', 'client.js')}</script>
</body>
</html>
`;
}

const part = (folder: string, file: string) =>
  readFileSync(join(PACKAGE_ROOT, 'src', folder, 'page', file), 'utf8');

function thinned(curve: readonly CurveRow[]): CurveRow[] {
  const step = Math.ceil(curve.length / MOST_EPOCHS);
  return curve.filter((_, i) => i % step === 0 || i === curve.length - 1);
}

/** A run whose box is not ticked is not drawn. */
function shownRules(runs: number): string {
  const rules = Array.from(
    { length: runs },
    (_, i) => `body.without-${i} :is(${selectorOf(i)}) { display: none; }`,
  );
  return `${rules.join('\n')}\n`;
}

function splitChoice(split: Split, i: number): string {
  return `<label><input type="radio" name="split" value="${split}"${i === 0 ? ' checked' : ''}><span class="pill">${SPLIT_TITLES[split]}</span></label>`;
}

async function splitPanels(curves: Parameters<typeof drawCurves>[0], split: Split): Promise<string> {
  const figures = await Promise.all(
    (Object.keys(OVER) as Over[]).map(async (over) => {
      const drawn = await drawCurves(curves, split, over);
      if (!drawn) return '';
      const geometry = escapeMarkup(JSON.stringify(drawn.geometry));
      const caption = `${SPLIT_TITLES[split]} NLL over ${OVER[over].title}; the first ${100 * ABOVE_THE_PANEL} % may lie above`;
      return `<figure data-over="${over}" data-split="${split}" data-geometry="${geometry}">${drawn.svg}<figcaption>${caption}</figcaption></figure>`;
    }),
  );
  const content = figures.join('') || '<p>No run has two epochs yet.</p>';
  return `<div data-panels="${split}"><div class="panels">${content}</div></div>`;
}

function runRow(run: SavedRun, i: number): string[] {
  const { folder, dataset, model, state, best, curve, request, secondsAnEpoch, seconds } = run;
  return [
    labelOf(i),
    `<span class="folder">${escapeMarkup(folder)}</span>`,
    escapeMarkup(shownPath(dataset.name)),
    `${model.unit.name}, ${countOf(model.hiddenSize)} hidden`,
    countOf(model.parameters),
    state,
    String(best?.epoch ?? '-'),
    `${curve.length}/${request.epochs}`,
    ...SPLITS.map((split) => best?.[`${split}_nll`].toFixed(4) ?? '-'),
    secondsAnEpoch === null ? '-' : formatDuration(secondsAnEpoch),
    formatDuration(seconds),
  ];
}

/** A box that shows and hides a run's curves. */
function runChoice({ folder }: SavedRun, i: number): string {
  return `<label><input type="checkbox" value="${i}" checked>${labelOf(i)}<span>${escapeMarkup(folder)}</span></label>`;
}

const labelOf = (i: number) => `<span class="run" style="color: ${runColour(i)}">${runLabel(i)}</span>`;

function differenceTable(
  runs: readonly SavedRun[],
  differences: ReturnType<typeof compareOptions>['differences'],
): string {
  if (differences.length === 0) return '<p>Nothing: the runs have the same options.</p>';
  const rows = runs.map((_, i) => [
    labelOf(i),
    ...differences.map(({ values }) => escapeMarkup(values[i] ?? '-')),
  ]);
  return table([['', ...differences.map(({ option }) => escapeMarkup(option))], ...rows]);
}

/** A row a run; where there is little room, each becomes a card on which the titles stand before their values. */
function table([titles, ...rows]: readonly (readonly string[])[]): string {
  const head = titles.map((title) => `<th scope="col">${title}</th>`);
  const cell = (text: string, i: number) =>
    i === 0 ? `<th scope="row">${text}</th>` : `<td data-title="${titles[i]}">${text}</td>`;
  const body = rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`);
  return `<div class="wide"><table class="cards"><thead><tr>${head.join('')}</tr></thead><tbody>${body.join('')}</tbody></table></div>`;
}

/** What the page shows at the pointer; a ten-thousandth is finer than it prints. */
function pointerData({ label, curve }: { label: string; curve: readonly CurveRow[] }, i: number) {
  const column = (name: keyof CurveRow) =>
    curve.map((row) => (Number.isFinite(row[name]) ? Number(row[name].toPrecision(6)) : null));
  return {
    label,
    colour: runColour(i),
    epochs: column('epoch'),
    seconds: column('wall_clock_s'),
    train: column('train_nll'),
    valid: column('valid_nll'),
    test: column('test_nll'),
  };
}

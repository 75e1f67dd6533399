import { type FigureRow, figure2, tableFromFigure } from '../figure-2.js';
import type { Findings } from '../findings.js';
import { formatDifference, formatEstimate, formatNumber } from '../text.js';
import { cell, numberCell, type TextTable } from '../text-table.js';
import { registeredTitle } from '../unit-title.js';
import { notesPart, type Section, tablePart } from './section.js';

/** Figure 2 of the paper, and what its Table 2 would be by it. */
export function figure2Section(findings: Findings): Section {
  return {
    id: 'figure-2',
    title: 'Figure 2 of the paper, and its Table 2',
    short: 'Figure 2',
    parts: [
      ...notesPart(figure2Account(findings)),
      ...tablePart(figure2Text(findings)),
      ...tablePart(tableFromFigureText(findings), { onTerminal: 'nothing' }),
    ],
  };
}

/** Figure 2 of the paper beside ours; nothing where the experiment has none of its data sets. */
function figure2Text(findings: Findings): TextTable | undefined {
  const rows = figure2(findings);
  if (rows.length === 0) return undefined;
  const seeds = [...new Set(rows.flatMap(({ bySeed }) => bySeed.map(({ seed }) => seed)))].sort(
    (a, b) => a - b,
  );
  const whole = (value: number) => formatNumber(value, 0);
  return {
    title: 'Figure 2 beside the paper’s: nats a sequence',
    names: 3,
    header: [
      'data set',
      'split',
      'unit',
      'paper: end of the curve',
      'ours: end of the curve',
      'Δ',
      'at the best epoch',
      ...seeds.map((seed) => `seed ${seed}`),
    ],
    rows: rows.map(({ dataset, split, unit, paper, atEnd, difference, best, bySeed }) => [
      cell(dataset),
      cell(split),
      cell(registeredTitle(unit)),
      numberCell(paper, whole),
      numberCell(atEnd, whole),
      numberCell(difference, percent),
      { text: wholeEstimate(best), value: best.mean },
      ...seeds.map((seed) => numberCell(bySeed.find((one) => one.seed === seed)?.nats, whole)),
    ]),
  };
}

const percent = (share: number) => `${formatDifference(100 * share, 1)} %`;

function wholeEstimate({ mean, interval }: FigureRow['best']): string {
  return interval === undefined ? mean.toFixed(0) : `${mean.toFixed(0)} ± ${interval.toFixed(0)}`;
}

/** What Table 2 would print if it followed from Figure 2. */
function tableFromFigureText(findings: Findings): TextTable | undefined {
  const rows = tableFromFigure(findings);
  if (rows.length === 0) return undefined;
  const two = (value: number) => formatNumber(value, 2);
  return {
    title: 'Table 2 from Figure 2: train NLL, nats a frame',
    names: 2,
    header: [
      'data set',
      'unit',
      'end of the paper’s curve, per frame',
      'the same per sequence',
      'Table 2 prints',
      'ours, per frame',
    ],
    rows: rows.map(({ dataset, unit, perFrame, perSequence, printed }) => {
      const own = findings.cells.find((one) => one.dataset === dataset && one.unit === unit)?.nll?.train_nll;
      return [
        cell(dataset),
        cell(registeredTitle(unit)),
        numberCell(perFrame, two),
        numberCell(perSequence, two),
        numberCell(printed, two),
        own ? { text: formatEstimate(own), value: own.mean } : cell('–'),
      ];
    }),
  };
}

/** What agrees with the paper, and what cannot; nothing where there is no such figure. */
export function figure2Account(findings: Findings): string[] {
  const rows = figure2(findings);
  return rows.length === 0
    ? []
    : [[curvesAgainstFigure(rows), ...orderAgainstFigure(rows)].join(' '), tableAgainstFigure(findings)];
}

/** Share of the paper's number within which a curve's end is near. */
const NEAR = 0.05;

function curvesAgainstFigure(rows: readonly FigureRow[]): string {
  const near = rows.filter(({ difference }) => Math.abs(difference) <= NEAR);
  const far = rows
    .filter((row) => !near.includes(row))
    .map(
      ({ dataset, split, unit, difference }) =>
        `${dataset} ${registeredTitle(unit)} ${split} (${percent(difference)})`,
    );
  const most = near.length === 0 ? NEAR : Math.max(...near.map(({ difference }) => Math.abs(difference)));
  const lead =
    2 * near.length >= rows.length ? 'What agrees: where the curves end.' : 'The curves do not agree.';
  const others = far.length === 0 ? '' : `; the other${far.length === 1 ? '' : 's'}: ${far.join(', ')}`;
  return `${lead} Of the ${rows.length} ends that can be read off the paper’s Figure 2 (to about 1 %), ours lie within ${(100 * most).toFixed(1)} % of ${near.length}${others}.`;
}

/** Whether several units come in the paper's order; ends within a few per cent of it say nothing of that. */
function orderAgainstFigure(rows: readonly FigureRow[]): string[] {
  const panelOf = ({ dataset, split }: FigureRow) => `${dataset} ${split}`;
  const panels = [...new Set(rows.map(panelOf))]
    .map((name) => ({ name, panel: rows.filter((row) => panelOf(row) === name) }))
    .filter(({ panel }) => panel.length > 1)
    .map(({ name, panel }) => ({
      name,
      paper: unitsByEnd(panel, 'paper'),
      ours: unitsByEnd(panel, 'atEnd'),
    }));
  if (panels.length === 0) return [];
  const others = panels
    .filter(({ paper, ours }) => paper !== ours)
    .map(({ name, paper, ours }) => `${name} (the paper’s ${paper}; ours ${ours})`);
  const asInPaper = howMany(panels.length - others.length, panels.length);
  return [`From the lowest up, units end in the paper’s order in ${asInPaper}${others.join(', ')}.`];
}

/** In how many panels, up to what follows of the others. */
function howMany(asInPaper: number, panels: number): string {
  if (asInPaper === panels) return `all ${panels} panels`;
  if (asInPaper === 0) return `none of ${panels} panels: `;
  return `${asInPaper} of ${panels} panels; not in ${panels - asInPaper === 1 ? 'the other' : 'the others'}: `;
}

const unitsByEnd = (panel: readonly FigureRow[], end: 'paper' | 'atEnd') =>
  [...panel]
    .sort((a, b) => a[end] - b[end])
    .map(({ unit }) => registeredTitle(unit))
    .join(', ');

function tableAgainstFigure(findings: Findings): string {
  const table = tableFromFigure(findings);
  const least = Math.min(...table.map(({ perFrame, printed }) => perFrame - printed));
  const leastBySequence = Math.min(...table.map(({ perSequence, printed }) => perSequence - printed));
  const bySequence =
    leastBySequence > 0
      ? `if these lie apart as ours do, still ${leastBySequence.toFixed(2)} or more. So neither average of these runs gives that table, and a reproduction that has the figure’s curves cannot have the table’s numbers.`
      : 'these runs do not show the same of all units.';
  return `What cannot agree: the paper’s Table 2 with its own Figure 2. The train curves of the figure end, over the frames of a sequence, ${least.toFixed(2)} nats a frame or more above what the table prints for train; with means per sequence, ${bySequence}`;
}

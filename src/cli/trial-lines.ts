import type { Task, TrialProgress } from '../experiment/plan.js';
import type { ExperimentCell } from '../experiment/reproduce.js';
import type { Outcome } from '../experiment/schedule.js';
import type { Searchable } from '../experiment/search-space.js';
import { optionInWords } from '../training/options.js';
import { bestRow, type RunResult } from '../training/run-result.js';
import { styled } from './colour.js';
import { widthOf } from './text.js';

export function titleOf({ trial: { dataset, unit, purpose, draw, seed } }: Task): string {
  const which = { search: `draw ${draw}`, seed: `draw ${draw}, seed ${seed}`, short: 'short run' }[purpose];
  return `${dataset} ${unit}, ${which}`;
}

/** Lines of finished trials, one below the other: their widths follow from the cells. */
export function trialColumns(cells: readonly ExperimentCell[]) {
  const longest = ({ plan, unit, short }: ExperimentCell) =>
    Math.max(
      titleOf({ trial: short }).length,
      `${plan.name} ${unit}, draw ${plan.search.draws}${plan.seeds > 1 ? `, seed ${plan.seed + plan.seeds - 1}` : ''}`
        .length,
    );
  const width = Math.max(...cells.map(longest));
  const digits = Math.max(...cells.map(({ request }) => String(request.epochs).length));
  const options = drawnBy(cells);
  const titles = options.map((option) => (option === 'learningRate' ? 'rate' : optionInWords(option)));
  const columns = (title: string, drawn: readonly string[], valid: string, test: string, ...rest: string[]) =>
    [
      title.padEnd(width),
      ...drawn.map((text, i) => text.padStart(Math.max(titles[i].length, DRAWN_WIDTH))),
      valid.padStart(6),
      test.padStart(6),
      ...rest,
    ].join('  ');
  return {
    heading: columns('NLL per frame, nats', titles, 'valid', 'test', 'best', 'epochs'),
    line(task: Task, outcome: Outcome, { curve }: TrialProgress): string {
      const title = titleOf(task);
      if (outcome.type === 'failed')
        return `${title.padEnd(width)}  ${styled('red', `failed: ${outcome.message}`)}`;
      const best = bestRow(curve);
      const [valid, test] = best ? [best.valid_nll.toFixed(3), best.test_nll.toFixed(3)] : ['-', '-'];
      const drawn = options.map((option) => drawnText(option, task.trial.drawn[option]));
      const bestEpoch = String(best?.epoch ?? '-').padStart(4);
      const epochs = epochsText(task, outcome, curve.length, digits);
      const gap = ' '.repeat(Math.max(2 * digits + '/, patience'.length - widthOf(epochs), 0));
      return columns(title, drawn, valid, test, bestEpoch, epochs + gap);
    },
  };
}

/**
 * The epochs of a trial, of those that are planned, and why it is no further: `118/200, patience`.
 *
 * @param digits of the largest number of epochs
 */
export function epochsText(task: Task, outcome: Outcome, epochs: number, digits: number): string {
  const planned = task.trial.epochs ?? epochs;
  const why = earlyEnding(task, outcome, epochs);
  const text = why === undefined ? '' : `, ${why === 'diverged' ? styled('red', why) : why}`;
  return `${`${epochs}/${planned}`.padStart(2 * digits + 1)}${text}`;
}

/** Why a trial has fewer epochs than are planned: `rung` where it waits for the choice of those that go on. */
export function earlyEnding(
  { trial, untilEpoch = Number.POSITIVE_INFINITY }: Task,
  outcome: Outcome,
  epochs: number,
): Exclude<RunResult['ending'], 'all epochs'> | 'rung' | undefined {
  if (outcome.type !== 'ended') return undefined;
  const { ending } = outcome;
  if (ending === 'diverged') return ending;
  if (ending === 'all epochs' || epochs >= (trial.epochs ?? Number.POSITIVE_INFINITY)) return undefined;
  return ending === 'stopped' && epochs >= untilEpoch ? 'rung' : ending;
}

/** Of a learning rate. */
const DRAWN_WIDTH = '1.23e-4'.length;

/** The options that a search of the cells draws, the learning rate first. */
export function drawnBy(cells: readonly ExperimentCell[]): Searchable[] {
  return [...new Set(cells.flatMap(({ search }) => Object.keys(search[0].drawn) as Searchable[]))];
}

export function drawnText(option: Searchable, value: number | string | undefined): string {
  if (typeof value !== 'number') return value ?? '-';
  return option === 'learningRate' ? value.toExponential(2) : String(Number(value.toPrecision(3)));
}

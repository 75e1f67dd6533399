import { formatDuration } from '../../platform/duration.js';
import { countOf } from '../../platform/format-number.js';
import { make } from './dom.js';
import type { ShownRun } from './runs.js';

export interface RunActions {
  hear(run: ShownRun): void;
  goOn(run: ShownRun): void;
  remove(run: ShownRun): void;
  saveCurve(run: ShownRun): void;
  saveModel(run: ShownRun): void;
}

export interface RunsTable {
  /**
   * @param isBusy whether a run trains, so that no other can
   * @param heard the run that is listened to
   */
  show(runs: readonly ShownRun[], isBusy: boolean, heard: ShownRun | undefined): void;
}

/** A run's rows, which stay while it trains, so that what is pressed or has the focus does too. */
interface Rows {
  readonly elements: readonly HTMLElement[];
  show(isBusy: boolean, isHeard: boolean): void;
}

const COLUMNS = ['Run', 'Epoch', 'Train', 'Valid', 'Test', 'Time'];

/** A table of runs with the NLLs of the best epoch of each; all digits of these stand in `<data value>`. */
export function makeRunsTable(place: HTMLElement, actions: RunActions): RunsTable {
  const caption = 'NLLs per frame of each run’s best epoch, by validation. Choose a run to hear it below.';
  const body = make('tbody');
  const table = make(
    'table',
    {},
    make('caption', { class: 'faint' }, caption),
    make('thead', {}, make('tr', {}, ...COLUMNS.map((text) => make('th', { scope: 'col' }, text)))),
    body,
  );
  const wide = make('div', { class: 'wide', hidden: true }, table);
  place.append(wide);
  const rowsOf = new WeakMap<ShownRun, Rows>();
  let present: readonly ShownRun[] = [];
  return {
    show(runs, isBusy, heard) {
      wide.hidden = runs.length === 0;
      const rows = runs.map((run) => {
        const own = rowsOf.get(run) ?? makeRows(run, actions);
        rowsOf.set(run, own);
        own.show(isBusy, run === heard);
        return own;
      });
      const isSame = runs.length === present.length && runs.every((run, i) => run === present[i]);
      if (!isSame) body.replaceChildren(...rows.flatMap(({ elements }) => elements));
      present = [...runs];
    },
  };
}

function makeRows(run: ShownRun, actions: RunActions): Rows {
  const radio = make('input', { type: 'radio', name: 'heard', value: run.id });
  radio.addEventListener('change', () => actions.hear(run));
  const swatch = make('span', { class: 'swatch', style: `background:var(${run.colour})` });
  const cells = COLUMNS.slice(1).map(() => make('td'));
  const row = make(
    'tr',
    { 'data-run': run.id },
    make('th', { scope: 'row' }, make('label', { class: 'run' }, radio, swatch, run.title)),
    ...cells,
  );
  const text = make('span', { class: 'details' });
  const buttons = make('div', { class: 'buttons' });
  const more = make(
    'td',
    { class: 'more', colspan: COLUMNS.length },
    make('div', { class: 'row' }, text, buttons),
  );
  let shownButtons = '';
  return {
    elements: [row, make('tr', {}, more)],
    show(isBusy, isHeard) {
      radio.checked = isHeard;
      row.dataset.state = run.state;
      for (const [i, content] of cellsOf(run).entries()) cells[i].replaceChildren(content);
      text.textContent = describe(run);
      const key = [run.state, isBusy, run.best !== undefined].join();
      if (key !== shownButtons) buttons.replaceChildren(...buttonsOf(run, actions, isBusy));
      shownButtons = key;
    },
  };
}

function cellsOf({ best, rows }: ShownRun): (Node | string)[] {
  if (!best) return COLUMNS.slice(1).map(() => '–');
  const { train_nll, valid_nll, test_nll } = best;
  return [
    String(best.epoch),
    ...[train_nll, valid_nll, test_nll].map((value) => make('data', { value }, value.toFixed(4))),
    formatDuration(rows[rows.length - 1].wall_clock_s),
  ];
}

function describe(run: ShownRun): string {
  const { learningRate, seed } = run.fields;
  const size = `${countOf(run.hiddenSize)} hidden units, ${countOf(run.parameters)} parameters`;
  return `${size}, learning rate ${learningRate}, seed ${seed}; ${ENDINGS[run.state](run)}`;
}

const ENDINGS: Readonly<Record<ShownRun['state'], (run: ShownRun) => string>> = {
  training: ({ fields }) => `training for ${countOf(fields.epochs)} epochs`,
  stopped: ({ fields, rows }) => `stopped after ${countOf(rows.length)} of ${countOf(fields.epochs)} epochs`,
  'all epochs': ({ fields }) => `all ${countOf(fields.epochs)} epochs done`,
  patience: () => 'ended early, as the validation NLL fell no more',
  failed: () => 'ended by a failure',
};

function buttonsOf(run: ShownRun, actions: RunActions, isBusy: boolean): HTMLElement[] {
  const button = (label: string, act: (run: ShownRun) => void, disabled = false) => {
    const attributes = { type: 'button', class: 'small', disabled, 'aria-label': `${label}: ${run.title}` };
    const one = make('button', attributes, label);
    one.addEventListener('click', () => act(run));
    return one;
  };
  return [
    ...(run.state === 'stopped' ? [button('Go on', actions.goOn, isBusy)] : []),
    ...(run.best ? [button('Curve', actions.saveCurve), button('Model', actions.saveModel)] : []),
    ...(run.state === 'training' ? [] : [button('Remove', actions.remove)]),
  ];
}

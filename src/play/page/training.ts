import { paperSpec, recurrentParameterCount } from '../../model/spec.js';
import { unitNamed } from '../../model/units/registry.js';
import { formatAbout } from '../../platform/duration.js';
import { countOf, threeDigits } from '../../platform/format-number.js';
import { curveText } from '../../training/curve-row.js';
import type { Ending } from '../../training/progress.js';
import type { EpochDone, MusicSummary, Progressing, RunFields } from '../messages.js';
import { makeCurvesPlot } from './curves.js';
import { byId, download } from './dom.js';
import { colourFor, type ShownRun, titleFor } from './runs.js';
import { makeRunsTable, type RunActions } from './runs-table.js';
import { chosenUnit, readFields, unitTitle, wrongField } from './settings.js';
import type { WorkerClient } from './worker-client.js';

export interface Training {
  useMusic(music: MusicSummary): void;
  /** Its runs go with it. */
  forgetMusic(music: MusicSummary): Promise<void>;
  /** The form says something else. */
  formChanged(): void;
  onProgress(progress: Progressing): void;
  onEpoch(epoch: EpochDone): void;
}

export interface TrainingEvents {
  /** Another run is listened to, or none. */
  onHeard(run: ShownRun | undefined): void;
  /** The run that is listened to has better parameters. */
  onImproved(): void;
}

/** Milliseconds between two lines that are read out. */
const SAY_INTERVAL = 5000;

export function startTraining(worker: () => WorkerClient, events: TrainingEvents): Training {
  const trainButton = byId<HTMLButtonElement>('train');
  const stopButton = byId<HTMLButtonElement>('stop');
  const pageTitle = document.title;
  const plots = [
    makeCurvesPlot(byId('over-epochs'), 'epoch'),
    makeCurvesPlot(byId('over-seconds'), 'wall_clock_s'),
  ];
  let music: MusicSummary | undefined;
  let runs: ShownRun[] = [];
  let lastId = 0;
  let busy: ShownRun | undefined;
  let heard: ShownRun | undefined;
  let lastSaid = Number.NEGATIVE_INFINITY;
  let isDue = false;

  const here = () => runs.filter((run) => run.music === music?.id);

  const show = () => {
    const shown = here();
    const ends = shown.filter(({ state }) => state === 'training' || state === 'stopped');
    const end = Math.max(1, ...ends.map(({ fields }) => fields.epochs));
    for (const plot of plots) plot.show(shown, shown.length > 0 ? end : readFields().epochs || 1);
    table.show(shown, busy !== undefined, heard);
    trainButton.textContent = trainText(shown);
    trainButton.disabled = music === undefined;
    showButtons();
    byId('running').hidden = busy === undefined;
  };
  /** One takes the other's place, and the focus where it was on it. */
  const showButtons = () => {
    const [shown, gone] = busy ? [stopButton, trainButton] : [trainButton, stopButton];
    const hasFocus = document.activeElement === gone;
    shown.hidden = false;
    if (hasFocus) shown.focus();
    gone.hidden = true;
  };
  /** Epochs may come faster than the eye. */
  const showSoon = () => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      show();
    });
  };
  const hear = (run: ShownRun | undefined) => {
    heard = run;
    events.onHeard(run);
    showSoon();
  };
  const say = (line: string) => {
    lastSaid = performance.now();
    byId('said').textContent = line;
  };
  const tell = (line: string) => {
    byId('training-trouble').textContent = line;
  };

  const actions: RunActions = {
    hear,
    goOn: (run: ShownRun) => void follow(run, worker().ask('goOn', { run: run.id })),
    remove(run: ShownRun) {
      runs = runs.filter((one) => one !== run);
      void worker().ask('forget', { runs: [run.id] });
      if (heard === run) hear(here().at(-1));
      show();
    },
    saveCurve: (run: ShownRun) => download(`${nameOf(run)}.csv`, curveText(run.rows), 'text/csv'),
    async saveModel(run: ShownRun) {
      const bytes = await worker().ask('model', { run: run.id });
      download(`${nameOf(run)}.safetensors`, bytes, 'application/octet-stream');
    },
  };

  const table = makeRunsTable(byId('runs'), actions);

  /** Shows a run while it trains, until it ends. */
  const follow = async (run: ShownRun, ending: Promise<Ending>) => {
    tell('');
    busy = run;
    run.state = 'training';
    byId<HTMLProgressElement>('progress').value = 0;
    byId('pace').textContent = 'beginning …';
    say(`Training ${run.title}.`);
    hear(run);
    show();
    try {
      run.state = await ending;
      const best = run.best
        ? `, best validation NLL ${run.best.valid_nll.toFixed(4)} at epoch ${run.best.epoch}`
        : '';
      say(
        `${run.title} ${run.state === 'stopped' ? 'stopped' : 'ended'} after epoch ${run.rows.length}${best}.`,
      );
    } catch (error) {
      run.state = 'failed';
      tell((error as Error).message);
      if (run.rows.length === 0) runs = runs.filter((one) => one !== run);
      if (heard === run && run.rows.length === 0) hear(here().at(-1));
    } finally {
      busy = undefined;
      document.title = pageTitle;
      show();
    }
  };
  const train = () => {
    if (!music || busy) return;
    const wrong = wrongField();
    if (wrong !== undefined) return tell(wrong);
    const fields = readFields();
    const run = newRun(++lastId, fields, music.id, here());
    runs.push(run);
    void follow(run, worker().ask('train', { run: run.id, music: music.id, fields }));
  };

  byId('form').addEventListener('submit', (event) => {
    event.preventDefault();
    train();
  });
  stopButton.addEventListener('click', () => {
    byId('pace').textContent = 'stopping …';
    void worker().ask('stop', {});
  });

  return {
    useMusic(used) {
      music = used;
      hear(here().at(-1));
      show();
    },
    async forgetMusic(forgotten) {
      if (busy?.music === forgotten.id) await worker().ask('stop', {});
      const gone = runs.filter((run) => run.music === forgotten.id);
      runs = runs.filter((run) => run.music !== forgotten.id);
      await worker().ask('forget', { runs: gone.map(({ id }) => id), music: forgotten.id });
    },
    formChanged() {
      tell('');
      showSoon();
    },
    onProgress({ run, epoch, update, updatesAnEpoch, updatesDone, seconds }) {
      const { title, fields } = runs.find(({ id }) => id === run) ?? {};
      if (!fields) return;
      const done = (epoch - 1) * updatesAnEpoch + update;
      const all = fields.epochs * updatesAnEpoch;
      const rate = updatesDone / seconds;
      byId<HTMLProgressElement>('progress').value = done / all;
      byId('pace').textContent =
        `${title}: epoch ${countOf(epoch)} of ${countOf(fields.epochs)}, ${threeDigits(rate)} updates/s, about ${formatAbout((all - done) / rate)} left`;
      document.title = `${Math.floor((100 * done) / all)} % · ${pageTitle}`;
    },
    onEpoch({ run: id, row, isBest }) {
      const run = runs.find((one) => one.id === id);
      if (!run) return;
      run.rows.push(row);
      if (isBest) run.best = row;
      if (isBest && run === heard) events.onImproved();
      if (performance.now() - lastSaid > SAY_INTERVAL)
        say(`${run.title}, epoch ${row.epoch}: validation NLL ${row.valid_nll.toFixed(3)}.`);
      showSoon();
    },
  };
}

/** A second unit is trained for comparison. */
function trainText(runs: readonly ShownRun[]): string {
  const unit = chosenUnit();
  const isAgain = runs.some(({ fields }) => fields.unit === unit);
  const how = isAgain ? ' again' : runs.length > 0 ? ' too' : '';
  return `Train ${unitTitle(unit)}${how}`;
}

function newRun(id: number, fields: RunFields, music: number, others: readonly ShownRun[]): ShownRun {
  const unit = unitNamed(fields.unit);
  // A size that is out of range is refused by the worker, in the user's words.
  const spec = paperSpec('music', unit, { hidden: fields.hidden });
  return {
    id,
    fields,
    music,
    title: titleFor(unit.title, unit.name, others),
    colour: colourFor(unit.name, others),
    hiddenSize: spec.hiddenSize,
    parameters: recurrentParameterCount(spec),
    rows: [],
    state: 'training',
  };
}

/** Of the files of a run. */
function nameOf({ title, fields }: ShownRun): string {
  const number = /\d+$/.exec(title)?.[0];
  return number ? `${fields.unit}-${number}` : fields.unit;
}

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
import { makeRunsTable } from './runs-table.js';
import { chosenUnit, readFields, unitTitle, wrongField } from './settings.js';
import type { RunEvents, WorkerClient } from './worker-client.js';

export interface TrainingEvents {
  /** Another run is listened to, or none. */
  onHeard(run: ShownRun | undefined): void;
  /** The run that is listened to has better parameters. */
  onImproved(): void;
}

/** Milliseconds between two lines that are read out. */
const SAY_INTERVAL = 5000;
const PAGE_TITLE = document.title;

const trainButton = byId<HTMLButtonElement>('train');
const stopButton = byId<HTMLButtonElement>('stop');
const progress = byId<HTMLProgressElement>('progress');
const pace = byId('pace');

/** The runs of the page, of which one at a time trains; their curves and their table. */
export class Training implements RunEvents {
  private readonly plots = [
    makeCurvesPlot(byId('over-epochs'), 'epoch'),
    makeCurvesPlot(byId('over-seconds'), 'wall_clock_s'),
  ];
  private readonly table = makeRunsTable(byId('runs'), {
    hear: (run) => this.hear(run),
    goOn: (run) => void this.follow(run, this.worker.ask('goOn', { run: run.id })),
    remove: (run) => this.remove(run),
    saveCurve: (run) => download(`${fileName(run)}.csv`, curveText(run.rows), 'text/csv'),
    saveModel: (run) => void this.saveModel(run),
  });
  private music: MusicSummary | undefined;
  private runs: ShownRun[] = [];
  private lastId = 0;
  /** The run that trains. */
  private busy: ShownRun | undefined;
  private heard: ShownRun | undefined;
  private lastSaid = Number.NEGATIVE_INFINITY;
  private isShowDue = false;

  constructor(
    private readonly worker: WorkerClient,
    private readonly events: TrainingEvents,
  ) {
    byId('form').addEventListener('submit', (event) => {
      event.preventDefault();
      this.train();
    });
    stopButton.addEventListener('click', () => {
      pace.textContent = 'stopping …';
      void worker.ask('stop', {});
    });
  }

  useMusic(music: MusicSummary): void {
    this.music = music;
    this.hear(this.here().at(-1));
    this.show();
  }

  /** Its runs go with it. */
  async forgetMusic({ id }: MusicSummary): Promise<void> {
    if (this.busy?.music === id) await this.worker.ask('stop', {});
    const gone = this.runs.filter((run) => run.music === id);
    this.runs = this.runs.filter((run) => run.music !== id);
    await this.worker.ask('forget', { runs: gone.map((run) => run.id), music: id });
  }

  /** The form says something else. */
  formChanged(): void {
    tell('');
    this.showSoon();
  }

  onProgress({ run: id, epoch, update, updatesAnEpoch, updatesDone, seconds }: Progressing): void {
    const run = this.runs.find((one) => one.id === id);
    if (!run) return;
    const done = (epoch - 1) * updatesAnEpoch + update;
    const all = run.fields.epochs * updatesAnEpoch;
    const rate = updatesDone / seconds;
    const of = `epoch ${countOf(epoch)} of ${countOf(run.fields.epochs)}`;
    const left = formatAbout((all - done) / rate);
    progress.value = done / all;
    pace.textContent = `${run.title}: ${of}, ${threeDigits(rate)} updates/s, about ${left} left`;
    document.title = `${Math.floor((100 * done) / all)} % · ${PAGE_TITLE}`;
  }

  onEpoch({ run: id, row, isBest }: EpochDone): void {
    const run = this.runs.find((one) => one.id === id);
    if (!run) return;
    run.rows.push(row);
    if (isBest) run.best = row;
    if (isBest && run === this.heard) this.events.onImproved();
    if (performance.now() - this.lastSaid > SAY_INTERVAL)
      this.say(`${run.title}, epoch ${row.epoch}: validation NLL ${row.valid_nll.toFixed(3)}.`);
    this.showSoon();
  }

  private train(): void {
    if (!this.music || this.busy) return;
    const wrong = wrongField();
    tell(wrong ?? '');
    if (wrong !== undefined) return;
    const fields = readFields();
    const run = newRun(++this.lastId, fields, this.music.id, this.here());
    this.runs.push(run);
    const ask = { run: run.id, music: this.music.id, fields };
    void this.follow(run, this.worker.ask('train', ask));
  }

  /** Shows a run while it trains, until it ends. */
  private async follow(run: ShownRun, ending: Promise<Ending>): Promise<void> {
    this.busy = run;
    run.state = 'training';
    progress.value = 0;
    pace.textContent = 'beginning …';
    this.say(`Training ${run.title}.`);
    this.hear(run);
    this.show();
    try {
      run.state = await ending;
      this.say(endingOf(run));
    } catch (error) {
      run.state = 'failed';
      tell((error as Error).message);
      if (run.rows.length === 0) this.remove(run);
    } finally {
      this.busy = undefined;
      document.title = PAGE_TITLE;
      this.show();
    }
  }

  private remove(run: ShownRun): void {
    this.runs = this.runs.filter((one) => one !== run);
    void this.worker.ask('forget', { runs: [run.id] });
    if (this.heard === run) this.hear(this.here().at(-1));
    this.show();
  }

  private async saveModel(run: ShownRun): Promise<void> {
    const bytes = await this.worker.ask('model', { run: run.id });
    download(`${fileName(run)}.safetensors`, bytes, 'application/octet-stream');
  }

  private hear(run: ShownRun | undefined): void {
    this.heard = run;
    this.events.onHeard(run);
    this.showSoon();
  }

  /** Runs on the music that is chosen: the NLLs of others are no match. */
  private here(): ShownRun[] {
    return this.runs.filter((run) => run.music === this.music?.id);
  }

  private show(): void {
    const runs = this.here();
    const going = runs.filter(({ state }) => state === 'training' || state === 'stopped');
    const epochs = runs.length > 0 ? going.map(({ fields }) => fields.epochs) : [readFields().epochs || 1];
    for (const plot of this.plots) plot.show(runs, Math.max(1, ...epochs));
    this.table.show(runs, this.busy !== undefined, this.heard);
    trainButton.textContent = trainText(runs);
    trainButton.disabled = this.music === undefined;
    byId('running').hidden = this.busy === undefined;
    if (this.busy) putInPlace(stopButton, trainButton);
    else putInPlace(trainButton, stopButton);
  }

  /** Epochs may come faster than the eye. */
  private showSoon(): void {
    if (this.isShowDue) return;
    this.isShowDue = true;
    requestAnimationFrame(() => {
      this.isShowDue = false;
      this.show();
    });
  }

  /** Lets a reader of screens read a line out. */
  private say(line: string): void {
    this.lastSaid = performance.now();
    byId('said').textContent = line;
  }
}

function tell(line: string): void {
  byId('training-trouble').textContent = line;
}

/** Shows a button in the place of another, with the focus where that had it. */
function putInPlace(shown: HTMLElement, gone: HTMLElement): void {
  const hasFocus = document.activeElement === gone;
  shown.hidden = false;
  if (hasFocus) shown.focus();
  gone.hidden = true;
}

/** A second unit is trained for comparison. */
function trainText(runs: readonly ShownRun[]): string {
  const unit = chosenUnit();
  const isAgain = runs.some(({ fields }) => fields.unit === unit);
  const how = isAgain ? ' again' : runs.length > 0 ? ' too' : '';
  return `Train ${unitTitle(unit)}${how}`;
}

function endingOf({ title, state, rows, best }: ShownRun): string {
  const found = best ? `, best validation NLL ${best.valid_nll.toFixed(4)} at epoch ${best.epoch}` : '';
  return `${title} ${state === 'stopped' ? 'stopped' : 'ended'} after epoch ${rows.length}${found}.`;
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

/** Without its extension. */
function fileName({ title, fields }: ShownRun): string {
  const number = /\d+$/.exec(title)?.[0];
  return number ? `${fields.unit}-${number}` : fields.unit;
}

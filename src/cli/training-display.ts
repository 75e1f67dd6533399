import { allPredictedFrames } from '../data/batch.js';
import { remarkLines, splitText } from '../data/remarks-text.js';
import { type Dataset, SPLITS } from '../data/sequence.js';
import { describeKernels } from '../kernels/choice.js';
import { parameterCount, recurrentParameterCount } from '../model/spec.js';
import { formatAbout, formatDuration } from '../platform/duration.js';
import { countOf, plural, threeDigits } from '../platform/format-number.js';
import { printable } from '../platform/printable.js';
import { shownPath } from '../platform/shown-path.js';
import { type CurveRow, readCurve } from '../training/curve.js';
import { FINAL_SHARE } from '../training/learning-rate.js';
import { updatesAnEpoch } from '../training/progress.js';
import type { PreparedRun } from '../training/run.js';
import { runFiles } from '../training/run-folder.js';
import { bestRow, type RunResult } from '../training/run-result.js';
import type { TrialEvents } from '../training/trial.js';
import { heading, isLive, styled } from './colour.js';
import type { Output } from './flags.js';
import { linePlot } from './line-plot.js';
import { type Bar, progressBars } from './progress-bars.js';
import { columnsOf, formatTable, print } from './text.js';

export interface TrainingDisplay extends TrialEvents {
  onResult(result: RunResult): void;
  close(): void;
}

/** Shows a run: nothing, JSON lines, plain lines, or plain lines above a progress bar on a terminal. */
export function trainingDisplay(run: PreparedRun, { json, quiet }: Output): TrainingDisplay {
  if (quiet) return { onResult() {}, close() {} };
  if (json) return jsonLines(run);
  const bar = progressBar(run);
  print(header(run));
  return {
    onUpdate: isLive(process.stdout) ? bar.onUpdate : undefined,
    onEpoch: (row, isBest) => bar.printAbove(epochLine(row, isBest, run.request.epochs)),
    onResult(result) {
      bar.close();
      print([...summary(run, result), ...curvePlot(run)]);
    },
    close: bar.close,
  };
}

function jsonLines(run: PreparedRun): TrainingDisplay {
  const tell = (content: object) => process.stdout.write(`${JSON.stringify(content)}\n`);
  const { folder, request, backend, kernels, spec, dataset } = run;
  const { name, sha256, remarks } = dataset;
  const data = { name, sha256, splitBy: dataset.folder?.splitBy, broken: dataset.folder?.broken, remarks };
  const { begunWith } = run;
  tell({
    event: 'run',
    folder,
    request,
    begunWith,
    data,
    backend,
    kernels,
    parameters: parameterCount(spec),
  });
  return {
    onEpoch: (row, isBest) => tell({ event: 'epoch', ...row, is_best: isBest }),
    onResult: (result) => tell({ event: 'result', folder, ...result }),
    close() {},
  };
}

/** Rows below the data set's own: how it was split, and what it leaves out. */
function dataRows(dataset: Dataset): string[][] {
  const split = splitText(dataset);
  const rows = split === undefined ? [] : [['split', split]];
  return [...rows, ...remarkLines(dataset).map((line, i) => [i === 0 ? 'remarks' : '', line])];
}

/** 0.001 linear; 0.001 linear over 500 epochs, then 0.00001 */
function learningRateText({
  learningRate,
  schedule,
  scheduleEpochs,
  epochs,
}: PreparedRun['request']): string {
  const text = `${learningRate} ${schedule}`;
  if (schedule === 'constant' || scheduleEpochs === undefined || scheduleEpochs === epochs) return text;
  if (scheduleEpochs > epochs) return `${text} over ${scheduleEpochs} epochs`;
  return `${text} over ${scheduleEpochs} epochs, then ${Number((FINAL_SHARE * learningRate).toPrecision(3))}`;
}

/** Where a run goes on, and what becomes of its end, where that is another now. */
function goesOnRows({ folder, request: { epochs, patience }, begunWith }: PreparedRun): string[][] {
  const curve = readCurve(runFiles(folder).curve);
  if (curve.length === 0) return [];
  const since = curve.length - (bestRow(curve)?.epoch ?? 0);
  const after = `after epoch ${curve.length}`;
  if (patience > 0 && since >= patience)
    return [
      [
        'goes on',
        `no: it has stopped early, ${after}, with no better validation NLL for ${since} epochs, as a run of ${epochs} epochs would; --patience 0 goes on`,
      ],
    ];
  const isLater = begunWith && begunWith.epochs !== epochs;
  const isOther = begunWith && begunWith.patience !== patience;
  const changes = [
    ...(isLater ? [`to epoch ${epochs} in place of ${begunWith.epochs}`] : []),
    ...(isOther ? [`with a patience of ${patience} in place of ${begunWith.patience}`] : []),
    ...((isLater || isOther) && patience > 0 ? [`${since} of ${patience} epochs of patience are over`] : []),
  ];
  return [['goes on', [after, ...changes].join(', ')]];
}

function header(run: PreparedRun): string[] {
  const { spec, dataset, backend, kernels, request, folder } = run;
  const [train, valid, test] = SPLITS.map((split) => dataset.splits[split].length);
  const frames = allPredictedFrames(dataset.splits.train);
  const version = backend.tensorflowVersion ? ` ${backend.tensorflowVersion}` : '';
  const patience = request.patience > 0 ? `patience ${request.patience} epochs` : 'no early stopping';
  return formatTable([
    [
      'model',
      `${spec.unit.name}, ${spec.hiddenSize} hidden units, ${countOf(parameterCount(spec))} parameters (${countOf(recurrentParameterCount(spec))} recurrent)`,
    ],
    [
      'data',
      `${printable(shownPath(dataset.name))}: ${countOf(train)} train, ${countOf(valid)} valid, ${countOf(test)} test sequences; ${countOf(frames)} frames an epoch`,
    ],
    ...dataRows(dataset),
    ['backend', `${backend.name}${version} (${backend.why})`],
    ['kernels', `${describeKernels(kernels)} (${kernels.why}), threads: ${request.threads}`],
    [
      'training',
      `${plural(request.epochs, 'epoch')}, batches of ${request.batchSize}, learning rate ${learningRateText(request)}, weight noise ${request.weightNoise}, ${patience}, seed ${request.seed}`,
    ],
    ['folder', folder],
    ...goesOnRows(run),
    [''],
    [`${heading('NLL per frame, nats')}; time of training so far`],
  ]);
}

function epochLine(row: CurveRow, isBest: boolean, epochs: number): string {
  const width = String(epochs).length;
  const nll = SPLITS.map((split) => `${split} ${row[`${split}_nll`].toFixed(4).padStart(8)}`).join('  ');
  const skipped = row.skipped_updates > 0 ? styled('yellow', `  ${row.skipped_updates} updates skipped`) : '';
  const time = formatDuration(row.wall_clock_s);
  return `epoch ${String(row.epoch).padStart(width)}/${epochs}  ${nll}  ${time}${isBest ? styled('green', '  best') : ''}${skipped}`;
}

function summary(run: PreparedRun, { ending, best, epochs, secondsAnEpoch }: RunResult): string[] {
  const why = {
    'all epochs': epochs === 1 ? 'Finished its one epoch.' : `Finished all ${epochs} epochs.`,
    patience: `Stopped after epoch ${epochs}: no better validation NLL for ${run.request.patience} epochs.`,
    diverged: styled('red', `Diverged after epoch ${epochs}.`),
    stopped: `Stopped; go on with: gru-bench train --resume ${run.folder}`,
  }[ending];
  if (best === null || secondsAnEpoch === null) return ['', why];
  return [
    '',
    why,
    `Best epoch ${best.epoch}, ${formatDuration(secondsAnEpoch)} of training an epoch. Average NLL, nats:`,
    ...formatTable([
      ['', ...SPLITS].map((title) => heading(title)),
      ['per frame', ...SPLITS.map((split) => best[`${split}_nll`].toFixed(4))],
      ['per sequence', ...SPLITS.map((split) => best[`${split}_nll_per_sequence`].toFixed(4))],
    ]),
    `Curve, best parameters and state are in ${run.folder}`,
  ];
}

/** Rows of the plot of a run's curve. */
const PLOT_ROWS = 10;

/** On a terminal, the run's curve so far; nothing before its second epoch. */
function curvePlot({ folder }: PreparedRun): string[] {
  if (!isLive(process.stdout)) return [];
  const curve = readCurve(runFiles(folder).curve);
  const lines = (['train', 'valid'] as const).map((split) => ({
    mark: split,
    points: curve.map((row) => [row.epoch, row[`${split}_nll`]] as const),
  }));
  const plot = linePlot(lines, 'epochs', { columns: columnsOf(process.stdout), rows: PLOT_ROWS });
  return plot.length === 0 ? [] : ['', heading('NLL per frame, nats'), ...plot];
}

/** Milliseconds between two looks of the bar; updates can come thousands a second. */
const LOOK_INTERVAL = 50;

/** A bar over all updates of the run, below the lines of the epochs. */
function progressBar({ request, dataset }: PreparedRun) {
  const total = request.epochs * updatesAnEpoch(dataset.splits.train.length, request);
  const bars = progressBars(process.stdout);
  let bar: Bar | undefined;
  const start = performance.now();
  let first = 0;
  let lastLook = Number.NEGATIVE_INFINITY;
  return {
    onUpdate({
      epoch,
      update,
      updatesAnEpoch: updates,
      nll,
    }: Parameters<NonNullable<TrialEvents['onUpdate']>>[0]) {
      const now = performance.now();
      if (now - lastLook < LOOK_INTERVAL) return;
      lastLook = now;
      const done = (epoch - 1) * updates + update;
      if (bar === undefined) first = done - 1;
      const rate = (done - first) / ((now - start) / 1000);
      const fields = [
        { text: `epoch ${epoch}/${request.epochs}`, weight: 3 },
        { text: `NLL ${nll.toFixed(3)}`, weight: 2 },
        { text: `${threeDigits(rate)} updates/s`, weight: 1 },
        { text: `${formatAbout((total - done) / rate)} left`, weight: 4 },
      ];
      bar ??= bars.add(first / total, fields);
      bar.update(done / total, fields);
    },
    printAbove: bars.print,
    close: bars.close,
  };
}

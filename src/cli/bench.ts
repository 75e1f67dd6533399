import { cpus } from 'node:os';
import { Command } from 'commander';
import type { EngineBenchResult, EngineMeasurement } from '../bench/engines.js';
import type { Rounds } from '../bench/interleave.js';
import type { BenchResult, Measurement } from '../bench/measure.js';
import { WORKLOAD_NAMES, WORKLOAD_WORDS } from '../bench/workload-names.js';
import type { Workload } from '../bench/workloads.js';
import { KERNEL_PATHS } from '../kernels/paths.js';
import { Misuse } from '../platform/failure.js';
import { adviceOnName } from '../platform/nearest-name.js';
import { heading } from './colour.js';
import { parseNumber, parseThreads, wholeNumber } from './flags.js';
import { formatTable, print } from './text.js';

const EXAMPLES = `
Examples:
  gru-bench bench
  gru-bench bench --only music-1x60 speech-a-64x48
  gru-bench bench --unit gru ./my-unit.mjs --no-peers
  gru-bench bench --no-composed --rounds 3 --json > bench.json
  gru-bench bench --engines --only music-1x60
  GRU_BENCH_PYTHON=/path/to/venv/bin/python gru-bench bench

A step is one whole update of the paper's protocol: weight noise, forward, gradient, rescaling, RMSProp with
momentum, NLL read back. Run it on an idle machine.

Workloads: ${WORKLOAD_NAMES.join(', ')}

Environment:
  GRU_BENCH_PYTHON  Python with jax and torch for the peers (default: python3)
  GRU_BENCH_SIMD    what the fused kernels run on: ${KERNEL_PATHS.join(', ')}`;

interface Flags extends Rounds {
  readonly only?: string[];
  readonly unit?: string[];
  readonly engines?: boolean;
  readonly threads: number;
  readonly composed: boolean;
  readonly peers: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `gru-bench bench`: the time of a training step, beside composed kernels, JAX and PyTorch. */
export function benchCommand(): Command {
  return new Command('bench')
    .description('Time one training step, beside ordinary TensorFlow.js operations, JAX and PyTorch')
    .option('--only <workload...>', 'only these workloads: names, music, speech')
    .option('--unit <unit|file...>', "these units instead of the paper's three")
    .option(
      '--engines',
      "time every engine that runs here side by side instead: the addon's paths, WebAssembly, composed",
    )
    .option('--rounds <n>', 'rounds; each runs every program once', wholeNumber('--rounds', 1, 1000), 5)
    .option('--seconds <s>', 'seconds of each program in a round', parseNumber, 0.3)
    .option('--threads <n>', 'threads of the second fused column', parseThreads, Math.min(2, cpus().length))
    .option('--no-composed', 'leave out the composed kernels')
    .option('--no-peers', 'leave out JAX and PyTorch')
    .option('--json', 'print JSON')
    .option('--quiet', 'print nothing while it runs')
    .addHelpText('after', EXAMPLES)
    .action(bench);
}

async function bench({ only, unit, json, quiet, engines, ...flags }: Flags): Promise<void> {
  for (const name of only ?? []) checkName(name);
  if (!(flags.seconds > 0 && flags.seconds <= 60))
    throw new Misuse(`--seconds ${flags.seconds}: it has to be above 0 and at most 60`);
  const tell = (line: string) => {
    if (!quiet) process.stderr.write(`${line}\n`);
  };
  const { workloads } = await import('../bench/workloads.js');
  const { unitOfText } = await import('../model/own-unit.js');
  const units = unit && (await Promise.all(unit.map(unitOfText)));
  const options = { ...flags, workloads: workloads(only, units) };
  const [result, lines] = engines ? await timeEngines(options, tell) : await timePeers(options, tell);
  if (json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else print(lines);
}

type Options = Flags & { readonly workloads: Workload[] };
type Tell = (line: string) => void;

async function timePeers(options: Options, tell: Tell): Promise<[result: object, lines: string[]]> {
  const { runBench } = await import('../bench/measure.js');
  const python = process.env.GRU_BENCH_PYTHON || 'python3';
  const onMeasurement = (measurement: Measurement) => tell(oneLine(measurement));
  const result = await runBench({ ...options, python }, { onMeasurement });
  return [result, report(result)];
}

async function timeEngines(options: Options, tell: Tell): Promise<[result: object, lines: string[]]> {
  const { runEngineBench } = await import('../bench/engines.js');
  const result = await runEngineBench(options, (measurement) => tell(oneLineOfEngines(measurement)));
  return [result, reportEngines(result)];
}

function oneLineOfEngines({ workload, unit, milliseconds }: EngineMeasurement): string {
  const times = Object.entries(milliseconds).map(([engine, time]) => `${engine} ${formatTime(time)}`);
  return `${workload} ${unit}: ${times.join(', ')} ms a step`;
}

/** Each engine's time, and how many times that of the first it is. */
function reportEngines({ machine, engines, measurements, missing }: EngineBenchResult): string[] {
  const [first, ...others] = engines;
  const rows = measurements.map(({ workload, unit, milliseconds }) => [
    workload,
    unit,
    formatTime(milliseconds[first]),
    ...others.flatMap((engine) => {
      const time = milliseconds[engine];
      if (time === undefined) return ['-', '-'];
      return [formatTime(time), `${formatFactor(time / milliseconds[first])} ×`];
    }),
  ]);
  const header = ['', '', first, ...others.flatMap((engine) => [engine, ''])];
  return [
    `${machine.model}; one thread; medians, ms a training step, and how many times ${first}'s that is`,
    ...formatTable([header.map((title) => heading(title)), ...rows]),
    '',
    ...Object.entries(missing).map(([name, why]) => `${name} did not run: ${why}`),
  ];
}

const formatFactor = (factor: number) => (factor < 10 ? factor.toFixed(2) : factor.toFixed(0));

function checkName(name: string): void {
  if (WORKLOAD_WORDS.includes(name)) return;
  throw new Misuse(`there is no workload ${name}; ${adviceOnName(name, WORKLOAD_WORDS)}`);
}

function oneLine({ workload, unit, fused, ratio }: Measurement): string {
  const beside = ratio === undefined ? '' : `, ${ratio.toFixed(1)} times as fast as the faster peer`;
  return `${workload} ${unit}: ${formatTime(fused)} ms a step${beside}`;
}

function report(result: BenchResult): string[] {
  const { machine, simd, threads, peakGflops, overheadMicroseconds, denormalRatio } = result;
  const { measurements, missing, remarks } = result;
  const header = [
    '',
    '',
    'fused',
    `${threads} threads`,
    'composed',
    'JAX',
    'PyTorch',
    'ratio',
    'at peak',
    'share',
  ];
  const time = (value: number | undefined) => (value === undefined ? '-' : formatTime(value));
  const factor = (value: number | undefined) => (value === undefined ? '-' : `${value.toFixed(1)} ×`);
  const rows = measurements.map((m) => [
    m.workload,
    m.unit,
    time(m.fused),
    m.fusedThreads === undefined ? '-' : `${(m.fused / m.fusedThreads).toFixed(2)} ×`,
    time(m.composed),
    time(m.peers.jax?.milliseconds),
    time(m.peers.torch?.milliseconds),
    factor(m.ratio),
    factor(m.ratioAtPeak),
    `${(100 * m.shareOfPeak).toFixed(0)} %`,
  ]);
  return [
    `${machine.model}, ${simd}; one thread unless said; medians, ms a training step`,
    ...formatTable(withoutEmptyColumns([header.map((title) => heading(title)), ...rows])),
    '',
    `Peak of one core: ${peakGflops.toFixed(0)} GFLOP/s of fused multiply-adds.`,
    'share: how much of it the fused step reaches, counting only the arithmetic its matrix products need.',
    ...(measurements.some(({ ratio }) => ratio !== undefined)
      ? ['ratio: faster peer / fused; at peak: the ratio that the peak and nothing else would give.']
      : []),
    `TensorFlow.js overhead: ${overheadMicroseconds.toFixed(0)} µs a step.`,
    `Denormal numbers: a step through them takes ${denormalRatio.toFixed(2)} times an ordinary one's time.`,
    ...versions(measurements),
    ...remarks,
    ...Object.entries(missing).map(([name, why]) => `${name} did not run: ${why}`),
  ];
}

/** Leaves out what was measured in no row. */
function withoutEmptyColumns([header, ...rows]: string[][]): string[][] {
  const isMeasured = (column: number) => rows.some((row) => row[column] !== '-');
  return [header, ...rows].map((row) => row.filter((_, column) => isMeasured(column)));
}

function versions(measurements: readonly Measurement[]): string[] {
  const programs = measurements.flatMap(({ peers }) => Object.values(peers).map(({ program }) => program));
  const all = [...new Set(programs)];
  return all.length > 0 ? [`Peers: ${all.join(', ')}; each in its fastest setting.`] : [];
}

function formatTime(milliseconds: number): string {
  return milliseconds.toPrecision(3).includes('e') ? milliseconds.toFixed(0) : milliseconds.toPrecision(3);
}

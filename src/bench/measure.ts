import * as tf from '@tensorflow/tfjs-core';
import type { Batch } from '../data/batch.js';
import {
  chooseKernels,
  type FusedKernels,
  type Kernels,
  kernelsFor,
  whyPreferred,
} from '../kernels/choice.js';
import { engineOf } from '../kernels/engines.js';
import { isWasmPath } from '../kernels/paths.js';
import { sequenceNll } from '../kernels/sequence-nll.js';
import { gru } from '../model/units/gru.js';
import { PAPER_UNITS } from '../model/units/registry.js';
import { tanh } from '../model/units/tanh.js';
import { startBackend } from '../platform/backend.js';
import { Failure } from '../platform/failure.js';
import { median } from '../platform/median.js';
import { describeProcessor } from '../platform/processor.js';
import { AGREEMENT, largestDifference } from './agreement.js';
import { interleave, milliseconds, type Program, type Rounds } from './interleave.js';
import {
  bareStep,
  denormalStep,
  ownProgram,
  ownStep,
  type StepProgram,
  startingParameters,
} from './own-step.js';
import { PEERS, type Peer, type PeerName, startPeer } from './peers.js';
import { neededOperations, type Workload, workloadBatch, workloadSpec, workloads } from './workloads.js';

export interface BenchOptions extends Rounds {
  readonly workloads: readonly Workload[];
  /** Threads of the second measurement of the fused kernels. */
  readonly threads: number;
  readonly composed: boolean;
  readonly peers: boolean;
  readonly python: string;
}

/** Medians over all rounds, milliseconds a step; missing where a program did not run. */
export interface Measurement {
  readonly workload: string;
  /** Its name. */
  readonly unit: string;
  readonly fused: number;
  readonly fusedThreads?: number;
  readonly composed?: number;
  readonly peers: Partial<Record<PeerName, { milliseconds: number; program: string; setting: string }>>;
  /** Time of the faster peer over that of the fused kernels. */
  readonly ratio?: number;
  /** Needed arithmetic of the fused step over what the processor's multiply-adds could do in its time. */
  readonly shareOfPeak: number;
  /** The ratio that arithmetic at the peak and nothing else would give. */
  readonly ratioAtPeak?: number;
}

export interface BenchResult {
  readonly machine: ReturnType<typeof describeProcessor>;
  readonly simd: string;
  readonly threads: number;
  /** Fused multiply-adds of one core, counted as two operations each; billions a second. */
  readonly peakGflops: number;
  /** Microseconds that a step through TensorFlow.js takes more than the same kernels called bare. */
  readonly overheadMicroseconds: number;
  /** Time of a step through denormal numbers over that of an ordinary one, tanh on speech A. */
  readonly denormalRatio: number;
  readonly measurements: readonly Measurement[];
  /** Programs that did not run, and why. */
  readonly missing: Readonly<Record<string, string>>;
  /** What ran on something else than the rest, and why. */
  readonly remarks: readonly string[];
}

export interface BenchEvents {
  onMeasurement?(measurement: Measurement): void;
  onProgress?(what: string): void;
}

/**
 * Times one whole training step of each workload, ours and those of the peers, interleaved.
 *
 * @throws Failure where there are no fused kernels to time, or a peer with the same equations computes another NLL
 */
export async function runBench(options: BenchOptions, events: BenchEvents = {}): Promise<BenchResult> {
  const backend = await startBackend('auto', 1);
  const kernels = chooseKernels('fused', 1) as FusedKernels;
  const missing: Record<string, string> = {};
  const remarks = new Set<string>();
  if (isWasmPath(kernels.simd))
    remarks.add(`fused ran in WebAssembly (${kernels.simd}): ${whyPreferred(kernels.simd)}`);
  if (options.composed && backend.name !== 'tensorflow')
    remarks.add(`composed ran on the ${backend.name} backend: ${backend.why}`);
  const peaks: number[] = [measurePeak(kernels)];
  const measurements: Measurement[] = [];
  for (const workload of options.workloads) {
    const own = (await kernelsFor(workload.unit, 'fused', 1)) as FusedKernels;
    if (own.simd !== kernels.simd) remarks.add(`${workload.unit.name} ran on ${own.simd}: ${own.why}`);
    const programs = await preparePrograms(workload, options, own, missing, events);
    const times = await interleave(programs, options, () => peaks.push(measurePeak(kernels)));
    const measurement = summarise(workload, programs, times, median(peaks));
    measurements.push(measurement);
    events.onMeasurement?.(measurement);
  }
  return {
    machine: describeProcessor(),
    simd: kernels.simd,
    threads: options.threads,
    peakGflops: median(peaks),
    overheadMicroseconds: measureOverhead(kernels),
    denormalRatio: measureDenormals(kernels),
    measurements,
    missing,
    remarks: [...remarks],
  };
}

type ProgramName = 'fused' | 'fusedThreads' | 'composed' | PeerName;

interface NamedProgram extends Program {
  readonly name: ProgramName;
  readonly peer?: Peer;
}

async function preparePrograms(
  workload: Workload,
  { threads, composed, peers, python }: BenchOptions,
  kernels: FusedKernels,
  missing: Record<string, string>,
  { onProgress }: BenchEvents,
): Promise<NamedProgram[]> {
  const batch = workloadBatch(workload);
  const own = (name: ProgramName, of: Kernels) => ({ ...ownProgram(of, workload, batch), name });
  const programs: NamedProgram[] = [own('fused', kernels)];
  if (threads > 1) programs.push(own('fusedThreads', { ...kernels, threads }));
  if (composed) programs.push(own('composed', { name: 'composed', why: 'compared with' }));
  if (!peers) return programs;
  if (!PAPER_UNITS.includes(workload.unit)) {
    missing[`a peer of ${workload.unit.name}`] = 'the peers have the paper’s units only';
    return programs;
  }
  for (const name of PEERS) {
    if (missing[name]) continue;
    onProgress?.(`${workload.name} ${workload.unit.name}: starting ${name}`);
    const peer = await startPeer(name, workload, batch, python);
    if (typeof peer === 'string') {
      missing[name] = peer;
      continue;
    }
    programs.push({ name, peer, run: peer.run, close: peer.close });
    if (peer.nll) checkAgreement(kernels, workload, batch, peer);
  }
  return programs;
}

function checkAgreement(
  kernels: FusedKernels,
  workload: Workload,
  batch: Batch,
  { nll, program }: Peer,
): void {
  const parameters = tf.tensor1d(startingParameters(workload));
  const tensor = sequenceNll(kernels, workloadSpec(workload), parameters, batch);
  const own = tensor.dataSync<'float32'>();
  tf.dispose([parameters, tensor]);
  const largest = largestDifference(own, nll ?? [], workload.frames);
  if (!(largest < AGREEMENT))
    throw new Failure(
      `${program} computes another NLL on ${workload.name} ${workload.unit.name}: they differ by ${largest} of it`,
    );
}

function summarise(
  workload: Workload,
  programs: readonly NamedProgram[],
  times: ReadonlyMap<string, number>,
  peakGflops: number,
): Measurement {
  const of = (name: ProgramName) => times.get(name);
  const peers: Measurement['peers'] = {};
  for (const { name, peer } of programs)
    if (peer)
      peers[name as PeerName] = {
        milliseconds: of(name) as number,
        program: peer.program,
        setting: peer.setting,
      };
  const fastestPeer = Math.min(...Object.values(peers).map((peer) => peer.milliseconds));
  const fused = of('fused') as number;
  const atPeak = neededOperations(workload, workloadBatch(workload)) / peakGflops / 1e6;
  const hasPeer = Number.isFinite(fastestPeer);
  return {
    workload: workload.name,
    unit: workload.unit.name,
    fused,
    fusedThreads: of('fusedThreads'),
    composed: of('composed'),
    peers,
    ratio: hasPeer ? fastestPeer / fused : undefined,
    shareOfPeak: atPeak / fused,
    ratioAtPeak: hasPeer ? fastestPeer / atPeak : undefined,
  };
}

const PEAK_ROUNDS = 2_000_000;

/** Billions of floating-point operations a second that one core's fused multiply-adds reach from registers. */
function measurePeak({ simd }: FusedKernels): number {
  const engine = engineOf(simd);
  const path = engine.paths.indexOf(simd);
  const best = Math.min(
    ...Array.from({ length: 3 }, () => milliseconds(() => engine.multiplyAdds(path, PEAK_ROUNDS))),
  );
  const multiplyAdds = engine.multiplyAdds(path, 1) * PEAK_ROUNDS;
  return (2 * multiplyAdds) / best / 1e6;
}

const OVERHEAD_STEPS = 3000;

/** Microseconds of a step through TensorFlow.js over the same kernels called bare, on the smallest workload. */
function measureOverhead(kernels: FusedKernels): number {
  const workload: Workload = { name: 'overhead', kind: 'music', unit: gru, sequences: 1, frames: 2 };
  const batch = workloadBatch(workload);
  const [own, bare] = timesOf(
    OVERHEAD_STEPS,
    ownStep(kernels, workload, batch),
    bareStep(kernels, workload, batch),
  );
  return (own - bare) * 1000;
}

const DENORMAL_STEPS = 7;

/** The processor's penalty for denormal numbers, which the kernels are to avoid: about 1 where they do. */
function measureDenormals(kernels: FusedKernels): number {
  const [workload] = workloads(['speech-a-64x48'], [tanh]);
  const batch = workloadBatch(workload);
  const [ordinary, denormal] = timesOf(
    DENORMAL_STEPS,
    ownStep(kernels, workload, batch),
    denormalStep(kernels, workload, batch),
  );
  return denormal / ordinary;
}

/** Median milliseconds of two programs' steps, taken in turn after one that does not count. */
function timesOf(steps: number, one: StepProgram, other: StepProgram): [one: number, other: number] {
  const times: [number[], number[]] = [[], []];
  for (let i = 0; i <= steps; i++) {
    times[0].push(milliseconds(one.step));
    times[1].push(milliseconds(other.step));
  }
  one.dispose();
  other.dispose();
  return [median(times[0].slice(1)), median(times[1].slice(1))];
}

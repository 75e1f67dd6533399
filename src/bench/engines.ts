import { type Kernels, kernelsOn } from '../kernels/choice.js';
import { KERNEL_PATHS } from '../kernels/paths.js';
import { startBackend } from '../platform/backend.js';
import { describeProcessor } from '../platform/processor.js';
import { interleave, type Program, type Rounds } from './interleave.js';
import { ownProgram } from './own-step.js';
import { type Workload, workloadBatch } from './workloads.js';

export interface EngineBenchOptions extends Rounds {
  readonly workloads: readonly Workload[];
  readonly composed: boolean;
}

/** Median milliseconds of a step of one workload, by what ran it: a path of the fused kernels, or `composed`. */
export interface EngineMeasurement {
  readonly workload: string;
  /** Its name. */
  readonly unit: string;
  readonly milliseconds: Readonly<Record<string, number>>;
}

export interface EngineBenchResult {
  readonly machine: ReturnType<typeof describeProcessor>;
  /** What ran, in the order of `KERNEL_PATHS`, composed last. */
  readonly engines: readonly string[];
  readonly measurements: readonly EngineMeasurement[];
  /** What did not run, and why. */
  readonly missing: Readonly<Record<string, string>>;
}

/** Times one whole training step of each workload on every engine that runs here, one thread each, interleaved. */
export async function runEngineBench(
  { workloads, composed, ...rounds }: EngineBenchOptions,
  onMeasurement: (measurement: EngineMeasurement) => void = () => {},
): Promise<EngineBenchResult> {
  await startBackend('auto', 1);
  const missing: Record<string, string> = {};
  const measurements: EngineMeasurement[] = [];
  for (const workload of workloads) {
    const programs = await preparePrograms(workload, composed, missing);
    const measurement = {
      workload: workload.name,
      unit: workload.unit.name,
      milliseconds: Object.fromEntries(await interleave(programs, rounds)),
    };
    measurements.push(measurement);
    onMeasurement(measurement);
  }
  const ran = new Set(measurements.flatMap(({ milliseconds }) => Object.keys(milliseconds)));
  const engines = [...KERNEL_PATHS, 'composed'].filter((name) => ran.has(name));
  return { machine: describeProcessor(), engines, measurements, missing };
}

async function preparePrograms(
  workload: Workload,
  composed: boolean,
  missing: Record<string, string>,
): Promise<Program[]> {
  const batch = workloadBatch(workload);
  const kernels: Kernels[] = [];
  for (const path of KERNEL_PATHS) {
    const found = await kernelsOn(path, workload.unit);
    if (typeof found === 'string') missing[path] = found;
    else kernels.push(found);
  }
  if (composed) kernels.push({ name: 'composed', why: 'compared with' });
  return kernels.map((each) => ownProgram(each, workload, batch));
}

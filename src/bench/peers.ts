import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { z } from 'zod';
import { type Batch, denseValues } from '../data/batch.js';
import { parameterSlices } from '../model/spec.js';
import { PACKAGE_ROOT } from '../platform/folders.js';
import { inTemporaryFolder } from '../platform/temporary-folder.js';
import { startingParameters } from './own-step.js';
import { type Workload, workloadSpec } from './workloads.js';

/** Programs that do the same step in another framework: scripts/peers/NAME_step.py. */
export const PEERS = ['jax', 'torch'] as const;
export type PeerName = (typeof PEERS)[number];

/**
 * What a peer's process is told of memory, by the GNU C library's variables. As usual, large arrays go back to the system
 * after each step and every page is handed out anew; where that is slow, as on some virtual machines, a step takes up to
 * four times as long. Small workloads are slower for a single arena, so both are tried.
 */
const MEMORY = [
  { setting: 'memory as usual', variables: {} },
  {
    setting: 'memory kept',
    variables: { MALLOC_MMAP_MAX_: '0', MALLOC_TRIM_THRESHOLD_: String(2 ** 34), MALLOC_ARENA_MAX: '1' },
  },
] as const;

const readySchema = z.object({
  program: z.string(),
  setting: z.string(),
  /** Median milliseconds of a step in that setting. */
  median: z.number(),
  nll: z.array(z.number()).nullable(),
});
const timesSchema = z.object({ milliseconds: z.array(z.number()) });

/** A peer with its workload loaded and its fastest setting found, waiting for orders. */
export interface Peer extends z.infer<typeof readySchema> {
  /** Does n steps. @returns the milliseconds of each */
  run(steps: number): Promise<number[]>;
  close(): void;
}

/** Finding the fastest setting compiles several; the slowest here take half a minute. */
const START_SECONDS = 240;

/**
 * Starts a peer on a workload, with one thread.
 *
 * @returns the reason in one line where it cannot run here
 */
export async function startPeer(
  name: PeerName,
  workload: Workload,
  batch: Batch,
  python: string,
): Promise<Peer | string> {
  return inTemporaryFolder(async (folder) => {
    writeWorkload(folder, workload, batch);
    const program = join(PACKAGE_ROOT, 'scripts', 'peers', `${name}_step.py`);
    const peers: Peer[] = [];
    for (const { setting, variables } of MEMORY) {
      const peer = await startProgram(program, folder, python, variables);
      if (typeof peer === 'string') {
        for (const started of peers) started.close();
        return peer;
      }
      peers.push({ ...peer, setting: `${peer.setting}, ${setting}` });
    }
    const [fastest, ...others] = peers.sort((a, b) => a.median - b.median);
    for (const other of others) other.close();
    return fastest;
  });
}

/** @param workload folder that the program reads before it says that it is ready */
async function startProgram(
  program: string,
  workload: string,
  python: string,
  variables: Readonly<Record<string, string>>,
): Promise<Peer | string> {
  const threads = { OMP_NUM_THREADS: '1', MKL_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };
  const child = spawn(python, ['-W', 'ignore', program, workload], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...threads, ...variables },
  });
  const errors: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => errors.push(text));
  child.stdin.on('error', () => {});
  const timer = setTimeout(() => child.kill('SIGKILL'), START_SECONDS * 1000);
  const lines = createInterface({ input: child.stdout });
  const first = await nextLine(child, lines);
  clearTimeout(timer);
  if (first === undefined) return errors.join('').trim().split('\n').at(-1) || `${python} did not run`;
  return peerOf(child, lines, readySchema.parse(JSON.parse(first)));
}

function peerOf(child: ChildProcess, lines: Interface, ready: z.infer<typeof readySchema>): Peer {
  return {
    ...ready,
    async run(steps) {
      child.stdin?.write(`${steps}\n`);
      const line = await nextLine(child, lines);
      if (line === undefined) throw new Error(`${ready.program} ended in the middle of a measurement`);
      return timesSchema.parse(JSON.parse(line)).milliseconds;
    },
    close() {
      lines.close();
      child.kill('SIGKILL');
    },
  };
}

/** The next line of its output; undefined when it ends without one, or could not be started. */
async function nextLine(child: ChildProcess, lines: Interface): Promise<string | undefined> {
  if (child.exitCode !== null) return undefined;
  const line = once(lines, 'line').then(([text]) => text as string);
  const end = new Promise<undefined>((resolve) => {
    child.once('error', () => resolve(undefined));
    child.once('close', () => resolve(undefined));
  });
  return Promise.race([line, end]);
}

function writeWorkload(folder: string, workload: Workload, batch: Batch): void {
  const spec = workloadSpec(workload);
  const { output } = spec;
  const fields = {
    unit: spec.unit.name,
    hidden_size: spec.hiddenSize,
    output: output.kind,
    mixtures: output.kind === 'mixture' ? output.mixtures : 0,
    sequences: batch.sequences,
    frames: workload.frames,
    input_size: spec.inputSize,
    frame_size: output.frameSize,
    slices: parameterSlices(spec).map(({ name, shape }) => [name, shape]),
  };
  writeFileSync(join(folder, 'workload.json'), JSON.stringify(fields));
  writeFileSync(join(folder, 'parameters.bin'), startingParameters(workload));
  writeFileSync(join(folder, 'inputs.bin'), denseValues(batch.inputs, batch.frames));
  writeFileSync(join(folder, 'targets.bin'), denseValues(batch.targets, batch.frames));
}

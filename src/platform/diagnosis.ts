import { existsSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { type Backend, startBackend } from './backend.js';
import type { BackendChoice } from './backend-names.js';
import { Misuse } from './failure.js';
import { cacheFolder, dataFolders, PACKAGE_VERSION } from './folders.js';
import { type Installation, readInstallation } from './installation.js';
import { describeProcessor, type Processor } from './processor.js';

/** Which implementation of the NLL a run takes, and why, in one clause. */
export interface Kernels {
  readonly name: string;
  readonly why: string;
  /** The vector instructions it takes, where it has a choice. */
  readonly simd?: string;
}

export interface Diagnosis {
  /** Whether a training run would work. */
  readonly works: boolean;
  /** Why it would not, in one line. */
  readonly problem?: string;
  readonly version: string;
  readonly node: string;
  readonly platform: string;
  readonly processor: Processor;
  readonly backend?: Backend;
  readonly kernels: Kernels;
  readonly dataFolders: readonly { readonly path: string; readonly exists: boolean }[];
  readonly cacheFolder: string;
  /** What the install step did for tfjs-node; missing when it never ran. */
  readonly installation?: Installation;
}

/**
 * Starts a backend as a training run would, takes one gradient with it, and gathers what else decides how
 * runs go on this machine. Never throws for a backend that does not work: that is what it reports.
 *
 * @param kernels the implementation of the NLL in effect
 */
export async function diagnose(choice: BackendChoice, threads: number, kernels: Kernels): Promise<Diagnosis> {
  const tried = await tryBackend(choice, threads);
  return {
    works: tried.problem === undefined,
    ...tried,
    version: PACKAGE_VERSION,
    node: nodeVersion(),
    platform: `${process.platform}-${process.arch}`,
    processor: describeProcessor(),
    kernels,
    dataFolders: dataFolders().map((path) => ({ path, exists: existsSync(path) })),
    cacheFolder: cacheFolder(),
    installation: readInstallation(),
  };
}

/** Bun says which Node it stands in for. */
function nodeVersion(): string {
  const { bun } = process.versions;
  return bun ? `${process.version}, as Bun ${bun} has it,` : process.version;
}

async function tryBackend(
  choice: BackendChoice,
  threads: number,
): Promise<{ backend?: Backend; problem?: string }> {
  let backend: Backend | undefined;
  try {
    backend = await startBackend(choice, threads);
    checkGradient();
    return { backend };
  } catch (error) {
    if (error instanceof Misuse) throw error;
    return { backend, problem: (error as Error).message.split('\n')[0] };
  }
}

/** One product, one nonlinearity and their gradient: d/dx Σ tanh(x·1) at 0 is the number of columns. */
function checkGradient(): void {
  const [first] = tf.tidy(() => {
    const slope = tf.grad((x) => tf.sum(tf.tanh(tf.matMul(x as tf.Tensor2D, tf.ones([2, 3])))));
    return slope(tf.zeros([1, 2])).dataSync() as Float32Array;
  });
  if (Math.abs(first - 3) > 1e-5) throw new Error(`a gradient of 3 came out as ${first}`);
}

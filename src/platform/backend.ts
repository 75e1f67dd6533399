import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { BACKENDS, type BackendChoice, MOST_THREADS } from './backend-names.js';
import { Failure, Misuse } from './failure.js';
import { PACKAGE_ROOT } from './folders.js';
import { loadTensorflow } from './tensorflow-node.js';

export interface Backend {
  readonly name: Exclude<BackendChoice, 'auto'>;
  /** Why this one, in one clause. */
  readonly why: string;
  readonly tensorflowVersion?: string;
  /** Threads that one operation may use. */
  readonly threads: number;
}

/** Why a backend or kernels are taken by name: a flag says so, or a run that goes on began with them. */
export type NamedBy = 'asked for' | 'as the run began';

type Started = Pick<Backend, 'tensorflowVersion' | 'threads'>;

/**
 * Starts the backend that all TensorFlow.js operations of this process run on, with the gradients of the
 * ordinary operations registered.
 *
 * @param threads 1 to `MOST_THREADS`; `wasm` and `cpu` use one whatever is asked for
 * @param named why, where the choice is not `auto`
 * @throws Failure when the backend asked for by name does not work here, Misuse for threads out of range
 */
export async function startBackend(
  choice: BackendChoice,
  threads: number,
  named: NamedBy = 'asked for',
): Promise<Backend> {
  if (!Number.isInteger(threads) || threads < 1 || threads > MOST_THREADS)
    throw new Misuse(`--threads ${threads}: it has to be a whole number from 1 to ${MOST_THREADS}`);
  tf.enableProdMode();
  if (choice !== 'auto') return startNamed(choice, threads, named);
  const reasons: string[] = [];
  for (const name of BACKENDS.filter((each) => each !== 'auto')) {
    const started = await tryToStart(name, threads);
    if (typeof started !== 'string')
      return { name, why: reasons.join('; ') || 'the fastest, and it works here', ...started };
    reasons.push(`${name}: ${started}`);
  }
  throw new Failure(`no TensorFlow.js backend works here: ${reasons.join('; ')}`);
}

async function startNamed(name: Backend['name'], threads: number, why: NamedBy): Promise<Backend> {
  const started = await tryToStart(name, threads);
  if (typeof started !== 'string') return { name, why, ...started };
  const remedies = [
    ...(name === 'tensorflow' ? ['`gru-bench doctor --fix` repairs it where it can'] : []),
    ...(why === 'asked for' ? ['--backend auto takes one that works'] : []),
  ];
  const whose = why === 'asked for' ? '' : ', which the run began on,';
  throw new Failure([`the ${name} backend${whose} does not work here: ${started}`, ...remedies].join('; '));
}

/** @returns the reason in one line when the backend does not start */
async function tryToStart(name: Backend['name'], threads: number): Promise<Started | string> {
  try {
    const started = await START[name](threads);
    if (!(await tf.setBackend(name))) return 'TensorFlow.js could not set it up';
    return started;
  } catch (error) {
    return (error as Error).message.split('\n')[0].trim();
  }
}

const START: Record<Backend['name'], (threads: number) => Promise<Started>> = {
  async tensorflow(threads) {
    const loaded = loadTensorflow(threads);
    return { tensorflowVersion: loaded.version, threads: loaded.threads };
  },

  async wasm() {
    await registerGradients();
    await withoutNewListeners(async () => {
      const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
      const manifest = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json');
      setWasmPaths(join(manifest, '..', 'dist', '/'));
      // Its worker threads would keep the process from ending.
      tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
      await tf.setBackend('wasm');
    });
    return { threads: 1 };
  },

  async cpu() {
    await registerGradients();
    await import('@tensorflow/tfjs-backend-cpu');
    return { threads: 1 };
  },
};

/** What Node loads of tfjs-core is without gradients: the build bundles them. tfjs-node brings its own. */
async function registerGradients(): Promise<void> {
  await import(pathToFileURL(join(PACKAGE_ROOT, 'dist', 'gradients.js')).href);
}

/** The compiled wasm program listens for uncaught errors of the whole process, and would throw them anew. */
async function withoutNewListeners(load: () => Promise<void>): Promise<void> {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = events.map((event) => process.rawListeners(event));
  await load();
  for (const [index, event] of events.entries())
    for (const listener of process.rawListeners(event))
      if (!before[index].includes(listener)) process.off(event, listener as () => void);
}

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { cacheFolder, PACKAGE_ROOT } from './folders.js';

const require = createRequire(import.meta.url);

const PACKAGE = '@tensorflow/tfjs-node';
const VERSION = '4.22.0';

/** The threads that TensorFlow took when it was loaded; a process has one TensorFlow, with one pool. */
let threadsInUse: number | undefined;

/**
 * Loads tfjs-node, which registers and takes the backend `tensorflow`.
 *
 * @param threads how many threads one operation may use; the first call of a process decides
 * @returns the version of TensorFlow, and the threads in use
 * @throws Error with the reason, when it is missing or does not load
 */
export function loadTensorflow(threads: number): { version: string; threads: number } {
  const folder = findTfjsNode();
  if (threadsInUse === undefined) prepareProcess(threads);
  require(folder);
  threadsInUse ??= threads;
  const { binding } = tf.findBackend('tensorflow') as unknown as { binding: { TF_Version: string } };
  return { version: binding.TF_Version, threads: threadsInUse };
}

/** Writes scalars to an event file that TensorBoard opens. */
export interface SummaryWriter {
  scalar(name: string, value: number, step: number): void;
  flush(): void;
}

/**
 * tfjs-node's own writer of event files.
 *
 * @param folder made if missing
 * @throws Error with the reason where tfjs-node is not the backend of this process, or the folder cannot be written
 */
export function summaryWriter(folder: string): SummaryWriter {
  if (threadsInUse === undefined) throw new Error('only the tensorflow backend can write event files');
  const { node } = require(findTfjsNode()) as { node: { summaryFileWriter(folder: string): SummaryWriter } };
  return node.summaryFileWriter(folder);
}

/**
 * The folder of the tfjs-node to load: one that is installed beside this package, else the private copy that the
 * install step made in the package's folder or in the cache folder.
 *
 * @throws Error when none has a binding
 */
export function findTfjsNode(environment: NodeJS.ProcessEnv = process.env, root = PACKAGE_ROOT): string {
  const beside = join(root, 'node_modules', '.cache', 'gru-bench');
  const copies = [beside, cacheFolder(environment)].map(privateCopy);
  const folders = [ownFolder(root), ...copies].filter((folder) => folder !== undefined);
  const installed = folders.filter((folder) => existsSync(join(folder, 'package.json')));
  if (installed.length === 0) throw new Error(`${PACKAGE} is not installed`);
  const complete = installed.find(hasBinding);
  if (complete === undefined) throw new Error(`${PACKAGE} has no binding for this platform`);
  return complete;
}

function ownFolder(root: string): string | undefined {
  try {
    return join(createRequire(join(root, 'package.json')).resolve(`${PACKAGE}/package.json`), '..');
  } catch {
    return undefined;
  }
}

/** The places are the install step's choice: `privateFolder` and `privateTree` in scripts/install/places.mjs. */
function privateCopy(folder: string): string {
  const tree = `tfjs-node-${VERSION}-${process.platform}-${process.arch}`;
  return join(folder, tree, 'node_modules', PACKAGE);
}

function hasBinding(folder: string): boolean {
  const { binary } = require(join(folder, 'package.json'));
  return binary.napi_versions.some((version: number) =>
    existsSync(
      join(folder, binary.module_path.replace('{napi_build_version}', version), `${binary.module_name}.node`),
    ),
  );
}

/** What TensorFlow reads from the environment when it is loaded, and what Node no longer gives tfjs-node. */
function prepareProcess(threads: number): void {
  process.env.TF_NUM_INTRAOP_THREADS = String(threads);
  process.env.TF_NUM_INTEROP_THREADS = '1';
  // Silent unless someone debugging asked otherwise. The lines that come before TensorFlow's own logging is
  // set up are about oneDNN; without it there are none.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '3';
  // oneDNN chooses its order of sums by processor and shape, and was no faster on products of this size.
  process.env.TF_ENABLE_ONEDNN_OPTS ??= '0';
  restoreTypeChecks();
}

/** Node 23 removed these functions of `util`, and Node 22 prints a warning at their first call. */
function restoreTypeChecks(): void {
  Object.assign(require('node:util'), {
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
    isArray: Array.isArray,
  });
}

import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { startBackend } from '../../src/platform/backend.js';
import type { BackendChoice } from '../../src/platform/backend-names.js';
import { diagnose } from '../../src/platform/diagnosis.js';
import { Misuse } from '../../src/platform/failure.js';
import { PACKAGE_ROOT } from '../../src/platform/folders.js';
import { simdPath } from '../../src/platform/processor.js';
import { findTfjsNode } from '../../src/platform/tensorflow-node.js';
import { emptyFolder, write } from './fake-package.js';

const TFJS_NODE = '@tensorflow/tfjs-node';
const MODULES = join(PACKAGE_ROOT, 'node_modules');

/** Where tfjs-node lies, among the packages that it needs; undefined where there is none. */
const TFJS_NODE_MODULES = (() => {
  try {
    return join(findTfjsNode(), '..', '..');
  } catch {
    return undefined;
  }
})();

/** What the child prints about itself: the backend, a gradient, and how many cores' worth of time it took. */
interface Report {
  backend?: { name: string; why: string; threads: number; tensorflowVersion?: string };
  failure?: string;
  gradient?: number[];
  listeners?: number;
  coreCopies?: number;
}

const CHILD = `
const tf = await import('@tensorflow/tfjs-core');
const { startBackend } = await import('./dist/platform/backend.js');
try {
  const backend = await startBackend(process.argv[2], 1);
  const gradient = tf.grad((x) => tf.sum(tf.square(tf.matMul(x, tf.ones([2, 1])))))(tf.tensor2d([[1, 2]]));
  const { createRequire } = await import('node:module');
  const cores = Object.keys(createRequire(import.meta.url).cache).filter((path) => path.endsWith('tf-core.node.js'));
  const listeners = process.listenerCount('uncaughtException') + process.listenerCount('unhandledRejection');
  console.log(JSON.stringify({ backend, gradient: [...gradient.dataSync()], listeners, coreCopies: cores.length }));
} catch (error) {
  console.log(JSON.stringify({ failure: error.message }));
}
`;

/**
 * A copy of the built program in which only the packages that the filter lets through are installed.
 */
function programWith(isInstalled: (name: string) => boolean): string {
  const root = join(emptyFolder(), 'program');
  cpSync(join(PACKAGE_ROOT, 'dist'), join(root, 'dist'), { recursive: true });
  write(join(root, 'package.json'), '{ "type": "module", "version": "0.0.0" }');
  write(join(root, 'child.mjs'), CHILD);
  const folder = join(root, 'node_modules');
  linkPackages(MODULES, folder, (name) => name !== TFJS_NODE && isInstalled(name));
  if (TFJS_NODE_MODULES && isInstalled(TFJS_NODE))
    symlinkSync(join(TFJS_NODE_MODULES, TFJS_NODE), join(folder, TFJS_NODE));
  return root;
}

function linkPackages(modules: string, folder: string, isInstalled: (name: string) => boolean): void {
  const scoped = readdirSync(join(modules, '@tensorflow')).map((name) => `@tensorflow/${name}`);
  mkdirSync(join(folder, '@tensorflow'), { recursive: true });
  for (const name of [...readdirSync(modules).filter((each) => !each.startsWith('.')), ...scoped])
    if (name !== '@tensorflow' && isInstalled(name)) symlinkSync(join(modules, name), join(folder, name));
}

/** A second copy, not a link, of the packages that make up TensorFlow.js: only what Node loads of them. */
function copyTensorflow(modules: string, folder: string): void {
  linkPackages(modules, folder, (name) => !name.startsWith('@tensorflow/'));
  const require = createRequire(import.meta.url);
  for (const name of readdirSync(join(modules, '@tensorflow'))) {
    const [from, to] = [modules, folder].map((each) => join(each, '@tensorflow', name));
    const manifest = join(from, 'package.json');
    mkdirSync(to);
    cpSync(manifest, join(to, 'package.json'));
    if (name === 'tfjs-node') {
      for (const part of ['dist', 'lib']) cpSync(join(from, part), join(to, part), { recursive: true });
      symlinkSync(join(from, 'deps'), join(to, 'deps'));
    } else cpSync(join(from, 'dist', mainOf(require(manifest))), join(to, 'dist', mainOf(require(manifest))));
  }
}

function mainOf({ main }: { main: string }): string {
  return main.replace(/^dist\//, '');
}

function runChild(root: string, choice: BackendChoice, environment: Record<string, string> = {}) {
  return new Promise<Report & { stderr: string }>((resolve, reject) => {
    const words = ['--throw-deprecation', join(root, 'child.mjs'), choice];
    const options = { env: { ...process.env, ...environment }, timeout: 30_000 };
    execFile(process.execPath, words, options, (error, stdout, stderr) => {
      if (error) reject(error);
      else resolve({ ...JSON.parse(stdout), stderr });
    });
  });
}

describe('a process of its own', () => {
  it.each(['wasm', 'cpu', ...(TFJS_NODE_MODULES ? (['tensorflow'] as const) : [])] as const)(
    'computes on %s, prints nothing of its own and ends by itself',
    async (choice) => {
      const report = await runChild(
        programWith(() => true),
        choice,
      );
      expect(report).toMatchObject({ backend: { name: choice, why: 'asked for', threads: 1 }, stderr: '' });
      expect(report.gradient).toEqual([6, 6]);
      expect(report.listeners).toBe(0);
    },
  );

  it('falls to wasm without tfjs-node, and says why', async () => {
    const root = programWith((name) => name !== TFJS_NODE);
    const cache = { GRU_BENCH_CACHE: join(root, 'empty') };
    const report = await runChild(root, 'auto', cache);
    expect(report.backend).toMatchObject({
      name: 'wasm',
      why: 'tensorflow: @tensorflow/tfjs-node is not installed',
    });
    expect(report.gradient).toEqual([6, 6]);
    expect((await runChild(root, 'tensorflow', cache)).failure).toMatch(
      /^the tensorflow backend does not work here: .*not installed; .*doctor --fix/,
    );
  });

  it('falls to cpu where wasm does not work either, with both reasons', async () => {
    const missing = [TFJS_NODE, '@tensorflow/tfjs-backend-wasm'];
    const root = programWith((name) => !missing.includes(name));
    const report = await runChild(root, 'auto', { GRU_BENCH_CACHE: join(root, 'empty') });
    expect(report.backend).toMatchObject({
      name: 'cpu',
      why: expect.stringMatching(/^tensorflow: .*; wasm: /),
    });
  });

  it('names a tfjs-node without a binding', async () => {
    const root = programWith((name) => name !== TFJS_NODE);
    const binary = { module_name: 'tfjs_binding', module_path: './lib/napi-v{napi_build_version}' };
    const manifest = { version: '4.22.0', binary: { ...binary, napi_versions: [8] } };
    write(join(root, 'node_modules', TFJS_NODE, 'package.json'), JSON.stringify(manifest));
    const report = await runChild(root, 'auto', { GRU_BENCH_CACHE: join(root, 'empty') });
    expect(report.backend?.why).toContain('has no binding');
  });

  it.runIf(TFJS_NODE_MODULES)(
    'runs on the private copy in the cache, with two copies of tfjs-core',
    async () => {
      const root = programWith((name) => name !== TFJS_NODE);
      const cache = join(dirname(root), 'cache');
      copyTensorflow(
        TFJS_NODE_MODULES as string,
        join(cache, `tfjs-node-4.22.0-${process.platform}-${process.arch}`, 'node_modules'),
      );
      const report = await runChild(root, 'tensorflow', { GRU_BENCH_CACHE: cache });
      expect(report.backend).toMatchObject({ name: 'tensorflow', tensorflowVersion: expect.any(String) });
      expect(report).toMatchObject({ gradient: [6, 6], coreCopies: 2, stderr: '' });
    },
  );
});

describe('startBackend', () => {
  it.each([0, -1, 1.5, Number.NaN])('refuses %s threads', async (threads) => {
    await expect(startBackend('cpu', threads)).rejects.toThrow(Misuse);
  });

  it('reports the one thread that wasm and cpu use', async () => {
    expect((await startBackend('wasm', 8)).threads).toBe(1);
    expect(tf.getBackend()).toBe('wasm');
    expect((await startBackend('cpu', 8)).threads).toBe(1);
    expect(tf.getBackend()).toBe('cpu');
  });
});

it('diagnoses a backend by a gradient taken on it', async () => {
  const kernels = { name: 'other', why: 'for this test' };
  const diagnosis = await diagnose('cpu', 1, kernels);
  expect(diagnosis).toMatchObject({ works: true, backend: { name: 'cpu' }, kernels });
  expect(diagnosis.problem).toBeUndefined();
});

it.each([
  ['x64', 'avx2 fma avx512f avx512bw avx512dq avx512vl', 'avx512'],
  ['x64', 'avx2 fma avx512f', 'avx2'],
  ['x64', 'avx2', 'plain'],
  ['x64', '', 'plain'],
  ['arm64', '', 'neon'],
])('on %s with "%s" the SIMD path is %s', (architecture, flags, path) => {
  expect(simdPath(architecture, new Set(flags.split(' ')))).toBe(path);
});

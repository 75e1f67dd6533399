import { type ChildProcess, execFile } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Installation, readInstallation } from '../../src/platform/installation.js';

/** The plain JavaScript that runs at install time, outside the compiled program. */
export const SCRIPTS = join(import.meta.dirname, '..', '..', 'scripts', 'install');
const PROBE_API = `
exports.enableProdMode = () => {};
exports.tensor2d = (rows) => rows;
exports.matMul = ([[a, b]], [[c], [d]]) => ({ dataSync: () => [a * c + b * d] });
exports.getBackend = () => 'tensorflow';
exports.backend = () => ({ binding: { TF_Version: '9.9.9' } });
`;

/**
 * A package with the real install scripts around a tfjs-node that is a few lines of JavaScript: its "binding"
 * is a text: `works`, `crashes`, or anything else for one that does not load.
 */
export interface FakePackage {
  readonly root: string;
  readonly tfjsNode: string;
  readonly binding: string;
  readonly cache: string;
  /** Programs found first on PATH. */
  readonly programs: string;
  readonly environment: Record<string, string>;
}

export interface FakeOptions {
  /** Where tfjs-node's own script would download from. */
  readonly host?: string;
  /** Folder of the package below an empty one. */
  readonly place?: string;
}

/** A host that refuses connections at once. */
const NOBODY = 'http://127.0.0.1:1';

export function fakePackage({ host = NOBODY, place = 'clone' }: FakeOptions = {}): FakePackage {
  const base = emptyFolder();
  const root = join(base, place);
  const tfjsNode = join(root, 'node_modules', '@tensorflow', 'tfjs-node');
  cpSync(SCRIPTS, join(root, 'scripts', 'install'), { recursive: true });
  write(join(root, 'package.json'), '{ "name": "gru-bench", "type": "module" }');
  writeTfjsNode(tfjsNode, host);
  const programs = join(base, 'programs');
  mkdirSync(programs);
  const cache = join(base, 'cache');
  const nodeGyp = join(base, 'node-gyp.cjs');
  write(nodeGyp, NODE_GYP);
  const environment = {
    GRU_BENCH_FUSED: 'skip',
    GRU_BENCH_CACHE: cache,
    PATH: programs,
    npm_config_node_gyp: nodeGyp,
    HOME: base,
  };
  const binding = join(tfjsNode, 'lib', 'napi-v8', 'tfjs_binding.node');
  return { root, tfjsNode, binding, cache, programs, environment };
}

/** Writes `built` where the real node-gyp would leave the binding. */
const NODE_GYP = `
const { mkdirSync, writeFileSync, existsSync } = require('node:fs');
const folder = process.argv.find((word) => word.startsWith('--module_path=')).slice(14);
for (const file of ['deps/lib/libtensorflow.so', 'deps/include/tensorflow/c/c_api.h', 'binding.gyp', 'binding/a.cc'])
  if (!existsSync(file)) throw new Error('the build misses ' + file);
mkdirSync(folder, { recursive: true });
writeFileSync(folder + '/tfjs_binding.node', 'works');
`;

export function writeTfjsNode(folder: string, host: string): void {
  const binary = {
    module_name: 'tfjs_binding',
    module_path: './lib/napi-v{napi_build_version}',
    napi_versions: [3, 8],
    host,
  };
  write(join(folder, 'package.json'), JSON.stringify({ version: '4.22.0', main: 'dist/index.js', binary }));
  write(join(folder, 'binding.gyp'), '{}');
  write(join(folder, 'binding', 'a.cc'), '');
  write(
    join(folder, 'dist', 'index.js'),
    `const binding = require('node:fs').readFileSync(__dirname + '/../lib/napi-v8/tfjs_binding.node', 'utf8');
if (binding === 'crashes') process.kill(process.pid, 'SIGSEGV');
if (binding !== 'works') throw new Error('this binding does not load');
${PROBE_API}`,
  );
  write(
    join(folder, 'scripts', 'install.js'),
    "require('node:fs').writeFileSync('ran', ''); process.exit(1);",
  );
}

export function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** Puts a program of the given JavaScript (CommonJS) on the package's PATH. */
export function addProgram({ programs }: FakePackage, name: string, script: string): void {
  write(join(programs, name), `#!${process.execPath}\n${script}`);
  chmodSync(join(programs, name), 0o755);
}

/** A compiler and make that only say that they are there. */
export function addCompiler(fake: FakePackage): void {
  for (const name of ['g++', 'c++', 'make']) addProgram(fake, name, '');
}

/** A python3 whose pip brings the wheel given; everything else runs in the real one. */
export function addPython(fake: FakePackage, wheel: string): void {
  addProgram(
    fake,
    'python3',
    `const { copyFileSync, mkdirSync } = require('node:fs');
const { basename } = require('node:path');
const words = process.argv.slice(2);
if (words[1] === 'pip' && words[2] === 'download') {
  const folder = words[words.indexOf('--dest') + 1];
  mkdirSync(folder, { recursive: true });
  copyFileSync(${JSON.stringify(wheel)}, folder + '/' + basename(${JSON.stringify(wheel)}));
} else if (words[1] !== 'pip') {
  const environment = { ...process.env, PATH: ${JSON.stringify(process.env.PATH)} };
  const run = require('node:child_process').spawnSync('python3', words, { stdio: 'inherit', env: environment });
  process.exit(run.status);
}`,
  );
}

/** A wheel with the names given, each holding its own name; made by the real python3. */
export function makeWheel(folder: string, names: readonly string[]): Promise<string> {
  const wheel = join(folder, 'tensorflow_cpu-9.9.9-cp311-cp311-any.whl');
  const script = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as archive:
    for name in sys.argv[2:]:
        archive.writestr(name, name)
`;
  return new Promise((resolve, reject) =>
    execFile('python3', ['-c', script, wheel, ...names], (error) => (error ? reject(error) : resolve(wheel))),
  );
}

export interface InstallOutcome {
  readonly code: number | null;
  readonly lines: string[];
  readonly record: Installation | undefined;
}

/** Runs the package's install step. */
export function runInstall(
  fake: FakePackage,
  more: Record<string, string | undefined> = {},
): Promise<InstallOutcome> {
  return new Promise((resolve) => {
    const child: ChildProcess = execFile(
      process.execPath,
      [join(fake.root, 'scripts', 'install', 'main.mjs')],
      { env: { ...fake.environment, ...more } },
      (_, stdout, stderr) => {
        const lines = (stdout + stderr).split('\n').filter((line) => line !== '');
        resolve({ code: child.exitCode, lines, record: readInstallation(fake.root) });
      },
    );
  });
}

export function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gru-bench-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function textOf(path: string): string {
  return readFileSync(path, 'utf8');
}

import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { cacheFolder } from '../../src/platform/folders.js';
import { findTfjsNode } from '../../src/platform/tensorflow-node.js';
import {
  addCompiler,
  addProgram,
  addPython,
  emptyFolder,
  type FakePackage,
  fakePackage,
  makeWheel,
  runInstall,
  SCRIPTS,
  textOf,
  write,
} from './fake-package.js';

const WHEEL = [
  'tensorflow/libtensorflow_cc.so.2',
  'tensorflow/libtensorflow_framework.so.2',
  'tensorflow/include/tensorflow/c/c_api.h',
  'tensorflow/python/large.so',
  'tensorflow_cpu-9.9.9.dist-info/METADATA',
];

const onLinux = process.platform === 'linux';

async function fakeWithWheel(names: readonly string[] = WHEEL): Promise<FakePackage> {
  const fake = fakePackage();
  addCompiler(fake);
  addPython(fake, await makeWheel(emptyFolder(), names));
  return fake;
}

function libraryFolder({ cache }: FakePackage): string {
  return join(cache, 'tensorflow', `9.9.9-${process.platform}-${process.arch}`);
}

describe('what works is left alone', () => {
  it('takes a binding that loads, and runs no step', async () => {
    const fake = fakePackage();
    write(fake.binding, 'works');
    const { code, lines, record } = await runInstall(fake);
    expect(code).toBe(0);
    expect(lines).toEqual(['gru-bench: @tensorflow/tfjs-node works, as installed (TensorFlow 9.9.9)']);
    expect(record).toMatchObject({ by: 'already', tensorflow: '9.9.9', failed: [] });
    expect(existsSync(fake.cache)).toBe(false);
  });

  it('does nothing with GRU_BENCH_TFJS=skip', async () => {
    const fake = fakePackage();
    const { code, lines, record } = await runInstall(fake, { GRU_BENCH_TFJS: 'skip' });
    expect(code).toBe(0);
    expect(lines).toHaveLength(1);
    expect(record).toMatchObject({ by: 'none', choice: 'skip' });
  });
});

describe('an install without a way to tfjs-node ends well', () => {
  it('says why each step did not do, and that wasm remains', async () => {
    const fake = fakePackage();
    addCompiler(fake);
    const { code, lines, record } = await runInstall(fake);
    expect(code).toBe(0);
    expect(lines.every((line) => line.startsWith('gru-bench: '))).toBe(true);
    expect(lines.at(-1)).toMatch(/no @tensorflow\/tfjs-node \(python3 is not installed\).*wasm/);
    expect(record?.failed.map(({ reason }) => reason)).toEqual([
      '127.0.0.1 cannot be reached',
      'python3 is not installed',
    ]);
    expect(existsSync(join(fake.tfjsNode, 'ran'))).toBe(false);
  });

  it('asks for a compiler before it downloads anything', async () => {
    const fake = await fakeWithWheel();
    rmSync(join(fake.programs, 'make'));
    const { code, lines } = await runInstall(fake, { GRU_BENCH_TFJS: 'wheel' });
    expect(code).toBe(0);
    expect(lines.join()).toContain('make is not installed');
    expect(lines.join()).not.toContain('fetching');
  });

  it('names a missing pip', async () => {
    const fake = fakePackage();
    addCompiler(fake);
    addProgram(fake, 'python3', "console.error('python3: No module named pip'); process.exit(1);");
    const { lines } = await runInstall(fake, { GRU_BENCH_TFJS: 'wheel' });
    expect(lines.at(-1)).toContain('python3 has no pip');
  });

  it('goes on as auto, in one line, at a GRU_BENCH_TFJS that it does not know', async () => {
    const fake = fakePackage();
    const { code, lines, record } = await runInstall(fake, { GRU_BENCH_TFJS: 'fastest' });
    expect(code).toBe(0);
    expect(lines.filter((line) => line.includes('fastest'))).toHaveLength(1);
    expect(record).toMatchObject({ choice: 'auto', failed: [{}, {}] });
  });

  it('removes a binding that crashes, so that the program does not meet it', async () => {
    const fake = fakePackage();
    write(join(fake.tfjsNode, 'scripts', 'install.js'), '');
    write(fake.binding, 'crashes');
    const port = await listen();
    const { code, record } = await runInstall(fake, {
      GRU_BENCH_TFJS: 'official',
      TFJS_NODE_CDN_STORAGE: `http://127.0.0.1:${port}/`,
    });
    expect(code).toBe(0);
    expect(record).toMatchObject({ by: 'none', failed: [{ reason: 'ended by SIGSEGV' }] });
    expect(existsSync(fake.binding)).toBe(false);
  });
});

describe("tfjs-node's own script", () => {
  it('is run where its host answers', async () => {
    const fake = fakePackage({ host: `http://127.0.0.1:${await listen()}/somewhere` });
    write(
      join(fake.tfjsNode, 'scripts', 'install.js'),
      `const fs = require('node:fs');
fs.mkdirSync('lib/napi-v8', { recursive: true });
fs.writeFileSync('lib/napi-v8/tfjs_binding.node', 'works');`,
    );
    const { lines, record } = await runInstall(fake);
    expect(record).toMatchObject({ by: 'official', failed: [] });
    expect(lines.at(-1)).toContain('works, by its own script');
  });

  it('is not run with GRU_BENCH_TFJS=wheel', async () => {
    const fake = fakePackage({ host: `http://127.0.0.1:${await listen()}` });
    await runInstall(fake, { GRU_BENCH_TFJS: 'wheel' });
    expect(existsSync(join(fake.tfjsNode, 'ran'))).toBe(false);
  });
});

describe.runIf(onLinux)('the wheel', () => {
  it('gives the library and the headers, nothing else, and later installs need neither pip nor compiler', async () => {
    const fake = await fakeWithWheel();
    const first = await runInstall(fake);
    expect(first.record).toMatchObject({ by: 'wheel', tensorflow: '9.9.9' });
    const files = readdirSync(libraryFolder(fake), { recursive: true, withFileTypes: true });
    expect(files.filter((file) => file.isFile()).map((file) => file.name)).toHaveLength(4);
    expect(textOf(join(fake.tfjsNode, 'deps', 'lib', 'libtensorflow.so'))).toBe(WHEEL[0]);
    expect(textOf(join(fake.tfjsNode, 'deps', 'lib', 'libtensorflow_cc.so.2'))).toBe(WHEEL[0]);
    expect(textOf(join(fake.tfjsNode, 'deps', 'lib', 'libtensorflow_framework.so'))).toBe(WHEEL[1]);
    expect(textOf(join(fake.tfjsNode, 'deps', 'lib', 'libtensorflow_framework.so.2'))).toBe(WHEEL[1]);
    expect(textOf(join(fake.tfjsNode, 'deps', 'include', 'tensorflow', 'c', 'c_api.h'))).toBe(WHEEL[2]);

    for (const made of ['lib', 'deps']) rmSync(join(fake.tfjsNode, made), { recursive: true });
    for (const program of readdirSync(fake.programs)) rmSync(join(fake.programs, program));
    const second = await runInstall(fake);
    expect(second.record).toMatchObject({ by: 'cache', tensorflow: '9.9.9', failed: [] });
  });

  it('replaces what a half-finished download of the own script left', async () => {
    const fake = await fakeWithWheel();
    write(join(fake.tfjsNode, 'deps', 'include', 'half.h'), '');
    write(join(fake.tfjsNode, 'deps', 'lib', 'libtensorflow.so'), 'half');
    expect((await runInstall(fake)).record).toMatchObject({ by: 'wheel' });
    expect(textOf(join(fake.tfjsNode, 'deps', 'lib', 'libtensorflow.so'))).toBe(WHEEL[0]);
  });

  it.each([
    'tensorflow/include/../../../../escaped',
    '/escaped',
    'tensorflow/include/..\\..\\escaped',
    'C:/escaped',
  ])('refuses a wheel with the name %s, before writing anything', async (name) => {
    const fake = await fakeWithWheel([...WHEEL, name]);
    const { code, lines } = await runInstall(fake, { GRU_BENCH_TFJS: 'wheel' });
    expect(code).toBe(0);
    expect(lines.at(-1)).toContain('a name that leaves its folder');
    expect(readdirSync(join(fake.cache, 'tensorflow'))).toEqual([]);
    expect(existsSync(join(fake.cache, '..', 'escaped'))).toBe(false);
  });

  it('refuses a wheel without the library', async () => {
    const fake = await fakeWithWheel(WHEEL.slice(1));
    const { lines } = await runInstall(fake, { GRU_BENCH_TFJS: 'wheel' });
    expect(lines.at(-1)).toContain('holds no libtensorflow_cc');
    expect(readdirSync(join(fake.cache, 'tensorflow'))).toEqual([]);
  });

  it.each([
    [
      'a library cut short',
      (fake: FakePackage) => truncateSync(join(libraryFolder(fake), 'lib', 'libtensorflow_cc.so.2'), 3),
    ],
    ['a missing list', (fake: FakePackage) => rmSync(join(libraryFolder(fake), 'complete.json'))],
    [
      'a missing header',
      (fake: FakePackage) => rmSync(join(libraryFolder(fake), 'include'), { recursive: true }),
    ],
  ])('does not take a cache with %s for a whole one, and fills it anew', async (_, damage) => {
    const fake = await fakeWithWheel();
    await runInstall(fake);
    damage(fake);
    rmSync(fake.binding);
    const again = await runInstall(fake);
    expect(again.record).toMatchObject({ by: 'wheel' });
    expect(again.lines.join()).toContain('fetching');
    expect(textOf(join(libraryFolder(fake), 'lib', 'libtensorflow_cc.so.2'))).toBe(WHEEL[0]);
  });

  it('stands two installs at once', async () => {
    const fake = await fakeWithWheel();
    const both = await Promise.all([runInstall(fake), runInstall(fake)]);
    for (const { code, lines } of both) {
      expect(code).toBe(0);
      expect(lines.at(-1)).toContain('@tensorflow/tfjs-node works');
    }
    for (const place of ['tensorflow', 'tfjs-node']) {
      const [only, ...others] = readdirSync(join(fake.cache, place));
      expect(only).toContain('9.9.9');
      expect(others).toEqual([]);
    }
  });

  it('is unpacked for a private copy of tfjs-node where the package is a dependency', async () => {
    const fake = fakePackage({ place: 'project/node_modules/gru-bench' });
    addCompiler(fake);
    addPython(fake, await makeWheel(emptyFolder(), WHEEL));
    const source = join(fake.root, 'node_modules', '@tensorflow', 'tfjs-node');
    const npm = join(fake.root, '..', '..', '..', 'npm-cli.js');
    write(
      npm,
      `const fs = require('node:fs');
if (process.argv[2] !== 'install') process.exit(1);
const wrong = Object.keys(process.env).filter((name) => /^npm_(config_(global|prefix)|lifecycle)/.test(name));
if (wrong.length > 0 || !process.env.npm_config_registry) throw new Error('environment: ' + wrong);
fs.cpSync(${JSON.stringify(source)}, process.cwd() + '/node_modules/@tensorflow/tfjs-node', { recursive: true });`,
    );
    const { record } = await runInstall(fake, {
      npm_execpath: npm,
      npm_config_global: 'true',
      npm_config_prefix: '/nowhere',
      npm_lifecycle_event: 'postprepare',
      npm_config_registry: 'https://packages.example',
    });
    const tree = `tfjs-node-4.22.0-${process.platform}-${process.arch}`;
    const tfjsNode = join(fake.cache, tree, 'node_modules', '@tensorflow', 'tfjs-node');
    expect(record).toMatchObject({ by: 'wheel', tfjsNode });
    expect(existsSync(fake.binding)).toBe(false);
  });
});

describe.runIf(onLinux && process.getuid?.() === 0)('an install by root', () => {
  /** A package below folders that all may look into, and root's home, into which nobody else may. */
  async function rootPackage(place: string) {
    const fake = fakePackage({ place });
    addCompiler(fake);
    addPython(fake, await makeWheel(emptyFolder(), WHEEL));
    const base = join(fake.cache, '..');
    const home = join(base, 'home');
    mkdirSync(home, { mode: 0o700 });
    chmodSync(base, 0o755);
    return { fake, home };
  }

  /** What another user reads of TensorFlow's library by the tfjs-node of the record. */
  function readByNobody(tfjsNode: string | undefined): string {
    const library = join(tfjsNode ?? '', 'deps', 'lib', 'libtensorflow.so');
    return spawnSync('cat', [library], { uid: 65534, gid: 65534, encoding: 'utf8' }).stdout;
  }

  it('of a clone serves other users, also with a strict umask', async () => {
    const { fake, home } = await rootPackage('clone');
    const umask = process.umask(0o077);
    try {
      const { record } = await runInstall(fake, { GRU_BENCH_CACHE: undefined, HOME: home });
      expect(record).toMatchObject({ by: 'wheel', tfjsNode: fake.tfjsNode });
    } finally {
      process.umask(umask);
    }
    expect(readByNobody(fake.tfjsNode)).toBe(WHEEL[0]);
    // The next install links to what this one left.
    rmSync(fake.binding);
    const again = await runInstall(fake, { GRU_BENCH_CACHE: undefined, HOME: home });
    expect(again.record).toMatchObject({ by: 'cache' });
    expect(readByNobody(fake.tfjsNode)).toBe(WHEEL[0]);
  });

  it('as a dependency puts its private copy beside the package, where the program finds it', async () => {
    const { fake, home } = await rootPackage('lib/node_modules/gru-bench');
    const npm = join(home, 'npm-cli.js');
    write(
      npm,
      `if (process.argv[2] !== 'install') process.exit(1);
require('node:fs').cpSync(${JSON.stringify(fake.tfjsNode)}, process.cwd() + '/node_modules/@tensorflow/tfjs-node', { recursive: true });`,
    );
    const environment = { GRU_BENCH_CACHE: undefined, HOME: home, npm_execpath: npm };
    const { record } = await runInstall(fake, environment);
    expect(record).toMatchObject({ by: 'wheel', tfjsNode: expect.stringContaining(`${fake.root}/`) });
    expect(readByNobody(record?.tfjsNode)).toBe(WHEEL[0]);
    // npm removes the package that could not install itself.
    rmSync(fake.tfjsNode, { recursive: true });
    expect(findTfjsNode({ HOME: '/home/another' }, fake.root)).toBe(record?.tfjsNode);
  });
});

describe('a child process', () => {
  it('is killed at its time limit, with all that it started', async () => {
    const { runChild } = await importChild();
    const folder = emptyFolder();
    const script = `
const { spawn } = require('node:child_process');
const grandchild = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
require('node:fs').writeFileSync('pid', String(grandchild.pid));
setInterval(() => {}, 1000);`;
    const outcome = await runChild(process.execPath, ['-e', script], { seconds: 1, folder });
    expect(outcome).toMatchObject({ ok: false, reason: 'no end after 1 s, stopped' });
    const pid = Number(textOf(join(folder, 'pid')));
    await vi.waitFor(() => expect(isRunning(pid)).toBe(false), 5000);
  });

  it('is not waited for because of a grandchild that keeps its output open', async () => {
    const { runChild } = await importChild();
    const script = `
const { spawn } = require('node:child_process');
spawn(process.execPath, ['-e', 'setTimeout(() => {}, 15000)'], { stdio: 'inherit', detached: true }).unref();
console.log('said');`;
    const started = performance.now();
    const outcome = await runChild(process.execPath, ['-e', script], { seconds: 12 });
    expect(outcome).toMatchObject({ ok: true, stdout: 'said\n' });
    expect(performance.now() - started).toBeLessThan(8000);
  });

  it('that is not there is a reason, not an exception', async () => {
    const { runChild } = await importChild();
    expect(await runChild('no-such-program', [], { seconds: 5 })).toMatchObject({
      ok: false,
      reason: 'no-such-program is not installed',
    });
  });
});

it.each([{ GRU_BENCH_CACHE: 'some/where' }, { XDG_CACHE_HOME: '/xdg' }, { LOCALAPPDATA: '/local' }, {}])(
  'finds the same cache folder as the program with %o',
  async (environment) => {
    const places = await import(join(SCRIPTS, 'places.mjs'));
    expect(places.cacheFolder(environment)).toBe(cacheFolder(environment));
  },
);

function importChild(): Promise<{
  runChild(
    program: string,
    parameters: string[],
    limits: { seconds: number; folder?: string },
  ): Promise<{ ok: boolean; stdout: string; stderr: string; reason: string }>;
}> {
  return import(join(SCRIPTS, 'child.mjs'));
}

/** A server that accepts connections and says nothing. @returns its port */
async function listen(): Promise<number> {
  const server = createServer((socket) => socket.destroy());
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as { port: number }).port;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(textOf(`/proc/${pid}/status`));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' && process.platform !== 'linux';
  }
}

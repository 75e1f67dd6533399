import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runChild } from '../install/child.mjs';
import { PLATFORM } from '../install/places.mjs';
import { foreignNode } from './foreign-node.mjs';

const START_SECONDS = 120;

/**
 * A machine, or what stands in for it here, on which Node runs.
 *
 * @typedef {object} Machine
 * @property {string} how it runs, such as `under qemu-aarch64 version 7.2.22`
 * @property {(path: string) => string} pathOf how its programs name a file
 * @property {(words: string[], environment: NodeJS.ProcessEnv, seconds: number) => Promise<import('../install/child.mjs').Outcome>} runNode
 * @property {() => Promise<void>} close
 */

/**
 * @param {string} platform
 * @param {string} work folder for what it needs
 * @param {(line: string) => void} say
 * @returns {Promise<Machine>}
 * @throws Error with the reason in one line: what is missing, and what brings it
 */
export async function startMachine(platform, work, say) {
  if (platform === PLATFORM) return thisMachine(process.execPath);
  if (platform === 'linux-arm64') return qemu((await foreignNode(platform, say)).program);
  if (platform === 'win32-x64') return wine((await foreignNode(platform, say)).program, work);
  throw new Error(`nothing here runs programs of ${platform}`);
}

/**
 * Asks before long work whether the machine can be started after it.
 *
 * @param {string} platform
 * @returns {Promise<void>}
 * @throws Error with the reason in one line: what is missing, and what brings it
 */
export async function refuseMissing(platform) {
  if (platform === PLATFORM) return;
  if (platform === 'linux-arm64') await qemuVersion();
  if (platform === 'win32-x64') await wineVersion(process.env);
}

/**
 * @param {string} node program
 * @returns {Machine}
 */
export function thisMachine(node) {
  return {
    how: 'natively',
    pathOf: (path) => path,
    runNode: (words, environment, seconds) => runChild(node, words, { seconds, environment }),
    close: async () => {},
  };
}

const ARM64_LIBRARIES = '/usr/aarch64-linux-gnu';

/**
 * @param {string} node
 * @returns {Promise<Machine>}
 */
async function qemu(node) {
  return {
    how: `under ${await qemuVersion()}`,
    pathOf: (path) => path,
    runNode: (words, environment, seconds) =>
      runChild('qemu-aarch64-static', ['-L', ARM64_LIBRARIES, node, ...words], { seconds, environment }),
    close: async () => {},
  };
}

async function qemuVersion() {
  const version = await versionOf('qemu-aarch64-static', 'qemu-user-static', process.env);
  if (!existsSync(join(ARM64_LIBRARIES, 'lib', 'ld-linux-aarch64.so.1')))
    throw new Error(`no C library of arm64 in ${ARM64_LIBRARIES} (apt-get install g++-aarch64-linux-gnu)`);
  return version;
}

/**
 * Node for Windows cannot write to pipes of Wine, only to files.
 *
 * @param {string} node
 * @param {string} work
 * @returns {Promise<Machine>}
 */
async function wine(node, work) {
  const prefix = join(work, 'wine');
  mkdirSync(prefix);
  const own = {
    WINEPREFIX: prefix,
    WINEDEBUG: '-all',
    // Neither .NET nor a browser engine is wanted.
    WINEDLLOVERRIDES: 'mscoree,mshtml=',
    // Wine says that it is an older Windows than it is.
    NODE_SKIP_PLATFORM_CHECK: '1',
  };
  const version = await wineVersion({ ...process.env, ...own });
  const [stdout, stderr] = ['stdout', 'stderr'].map((name) => join(work, `wine.${name}`));
  return {
    how: `under ${version}`,
    pathOf: (path) => `Z:${path.replaceAll('/', '\\')}`,
    runNode: async (words, environment, seconds) => {
      const script = 'exec wine "$@" < /dev/null > "$OUT" 2> "$ERR"';
      const done = await runChild('sh', ['-c', script, 'sh', node, ...words], {
        seconds,
        environment: { ...environment, ...own, OUT: stdout, ERR: stderr },
      });
      const said = { stdout: readFileSync(stdout, 'utf8'), stderr: readFileSync(stderr, 'utf8') };
      const telling = said.stderr.trim().split(/\r?\n/).at(-1);
      return { ...done, ...said, reason: done.ok ? '' : telling || done.reason };
    },
    close: async () => {
      await runChild('wineserver', ['-k'], {
        seconds: START_SECONDS,
        environment: { ...process.env, ...own },
      });
    },
  };
}

/** @param {NodeJS.ProcessEnv} environment */
const wineVersion = (environment) => versionOf('wine', 'wine64', environment);

/**
 * @param {string} program
 * @param {string} debianPackage that brings it
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Promise<string>} its name and version
 * @throws Error where it is missing
 */
async function versionOf(program, debianPackage, environment) {
  const asked = await runChild(program, ['--version'], { seconds: START_SECONDS, environment });
  if (!asked.ok) throw new Error(`${asked.reason} (apt-get install ${debianPackage})`);
  return asked.stdout.split('\n')[0].replace(/ \(.*/, '').trim();
}

// Runs the WebAssembly kernels without the addon, on each version of Node that is supported: every path holds the
// goldens and the digits of other machines, and a training ends at the parameters that the addon ends at. Which module
// an engine runs, and what it needs to be told, differs between them. `-- 22` takes only one version.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { roundingOf, WASM_PATHS } from '../../dist/kernels/paths.js';
import { addonPlace } from '../install/fused.mjs';
import { PACKAGE_ROOT, PLATFORM } from '../install/places.mjs';
import { fetchNode } from '../node-versions/fetch-node.mjs';
import { startMachine, thisMachine } from './machines.mjs';
import { tryAddon, tryModules } from './try-kernels.mjs';

const named = process.argv.slice(2);
const VERSIONS = named.length > 0 ? named : ['20', '22', '24'];

const say = (/** @type {string} */ line) => console.log(line);
const reasonOf = (/** @type {unknown} */ error) => /** @type {Error} */ (error).message.split('\n')[0];
const work = mkdtempSync(join(tmpdir(), 'gru-bench-wasm-'));
try {
  /** @type {import('./try-kernels.mjs').Trained} */
  const trained = {};
  const addon = addonPlace(PACKAGE_ROOT);
  say(`the addon: ${await tryAddon(await startMachine(PLATFORM, work, say), addon, work, trained)}`);
  // Where no processor's path fuses multiply-adds, WebAssembly does not either.
  const paths = WASM_PATHS.filter((path) => trained[roundingOf(path)] !== undefined);
  for (const version of VERSIONS) {
    try {
      const { program } = await fetchNode(version, work);
      say(`WebAssembly: ${await tryModules(thisMachine(program), paths, work, trained)}`);
    } catch (error) {
      console.error(`test:wasm: Node ${version}: ${reasonOf(error)}`);
      process.exitCode = 1;
    }
  }
} catch (error) {
  console.error(`test:wasm: ${reasonOf(error)}`);
  process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}

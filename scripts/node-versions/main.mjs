// Packs the package with its addon for this platform, installs it into empty folders as users do, and trains,
// evaluates, reproduces, reports and checks there on the demo music: on three versions of Node, by three package
// managers, with and without install scripts, addon, compiler and tfjs-node; and reproduces the quick experiment in
// a clone. A quarter of an hour; `-- 22` takes only one version, `-- 22 pnpm` only what has that in its name.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runChild } from '../install/child.mjs';
import { PLATFORM } from '../install/places.mjs';
import { pack, prebuild } from '../release/pack.mjs';
import { TARGETS } from '../release/targets.mjs';
import { exerciseClone } from './clone.mjs';
import { exercise } from './exercise.mjs';
import { fetchNode } from './fetch-node.mjs';
import { fetchManagers } from './managers.mjs';
import { installPackage, VARIANTS } from './variants.mjs';

const words = process.argv.slice(2);
const numbers = words.filter((word) => /^\d/.test(word));
const VERSIONS = numbers.length > 0 ? numbers : ['20', '22', '24'];
const named = words.filter((word) => !/^\d/.test(word));
const isChosen = (/** @type {string} */ name) => named.every((word) => name.includes(word));

const say = (/** @type {string} */ line) => console.log(line);
const work = mkdtempSync(join(tmpdir(), 'gru-bench-versions-'));
const seconds = (/** @type {number} */ since) => `${((Date.now() - since) / 1000).toFixed(0)} s`;
let failures = 0;
try {
  const files = await packages();
  const managers = { ...(await fetchManagers()), store: join(work, 'store') };
  for (const version of VERSIONS) {
    const node = await fetchNode(version, work);
    const attempt = async (/** @type {string} */ name, /** @type {() => Promise<string>} */ run) => {
      if (!isChosen(name)) return;
      try {
        say(`ok    Node ${node.version}, ${name}: ${await run()}`);
      } catch (error) {
        failures++;
        say(`FAILS Node ${node.version}, ${name}: ${/** @type {Error} */ (error).message}`);
      }
    };
    for (const variant of VARIANTS)
      await attempt(variant.name, async () => {
        const start = Date.now();
        const place = await installPackage(files, node, variant, managers, work);
        const installed = seconds(start);
        const line = await exercise(place, variant);
        rmSync(place.folder, { recursive: true, force: true });
        return `installed in ${installed}, in all ${seconds(start)}\n      kernels ${line}`;
      });
    await attempt('a clone, without a compiler', () => exerciseClone(node, work));
  }
} catch (error) {
  failures++;
  console.error(`test:node-versions: ${/** @type {Error} */ (error).message.split('\n')[0]}`);
} finally {
  rmSync(work, { recursive: true, force: true });
}
say(failures === 0 ? 'all work' : `${failures} do not work`);
process.exitCode = failures === 0 ? 0 : 1;

/** The package, and the same for platforms that it brings no addon for. */
async function packages() {
  await prebuild(
    TARGETS.filter(({ platform }) => platform === PLATFORM),
    say,
  );
  const { file } = pack(work);
  const folder = join(work, 'without-prebuilt');
  mkdirSync(folder);
  await tar(['-xzf', file, '-C', folder]);
  rmSync(join(folder, 'package', 'prebuilds'), { recursive: true });
  const without = join(folder, 'gru-bench.tgz');
  await tar(['-czf', without, '-C', folder, 'package']);
  return { withPrebuilt: file, withoutPrebuilt: without };
}

/** @param {string[]} words */
async function tar(words) {
  const done = await runChild('tar', words, { seconds: 60 });
  if (!done.ok) throw new Error(`tar: ${done.reason}`);
}

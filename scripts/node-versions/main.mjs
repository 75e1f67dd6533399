// Packs the package with its prebuilt addon, installs it into empty folders as users do, and trains, evaluates,
// reproduces, reports and checks there on the demo music: on three versions of Node, with and without the addon,
// with and without tfjs-node. Some ten minutes; `-- 22` takes only one version.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageWithPrebuilt } from '../release/pack.mjs';
import { exercise } from './exercise.mjs';
import { fetchNode, withEmptyCache } from './fetch-node.mjs';
import { installPackage, VARIANTS } from './variants.mjs';

const VERSIONS = process.argv.length > 2 ? process.argv.slice(2) : ['20', '22', '24'];

const work = mkdtempSync(join(tmpdir(), 'gru-bench-versions-'));
const seconds = (/** @type {number} */ since) => `${((Date.now() - since) / 1000).toFixed(0)} s`;
let failures = 0;
try {
  console.log('packing, with the addon built for this platform');
  const { file } = await packageWithPrebuilt(work);
  for (const version of VERSIONS) {
    const fetched = await fetchNode(version, work);
    for (const variant of VARIANTS) {
      const node = variant.backend === 'wasm' ? withEmptyCache(fetched, work) : fetched;
      const what = `Node ${node.version}, ${variant.name}`;
      const start = Date.now();
      try {
        const place = await installPackage(file, node, variant, work);
        const installed = seconds(start);
        const done = await exercise(place, node, variant);
        console.log(`ok    ${what}: installed in ${installed}, in all ${seconds(start)}: ${done.join(', ')}`);
        rmSync(place.folder, { recursive: true, force: true });
      } catch (error) {
        failures++;
        console.log(`FAILS ${what}: ${/** @type {Error} */ (error).message}`);
      }
    }
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
console.log(failures === 0 ? 'all work' : `${failures} do not work`);
process.exitCode = failures === 0 ? 0 : 1;

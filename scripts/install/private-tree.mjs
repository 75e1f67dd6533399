import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runChild } from './child.mjs';
import { npmProgram, privateTree, TFJS_NODE_VERSION } from './places.mjs';
import { makeWhole } from './whole-folder.mjs';

const INSTALL_SECONDS = 300;

/** The settings of the npm that runs this which say where packages come from; others say where they go. */
const SOURCE_SETTING =
  /^npm_config_(registry|@.*|\/\/.*|.*proxy|noproxy|ca|cafile|cert|key|strict_ssl|userconfig|globalconfig|cache|offline|prefer_offline|fetch_.*|nodedir)$/i;

/**
 * A private copy of tfjs-node, its scripts not run.
 *
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} environment
 * @param {(line: string) => void} say
 * @returns {Promise<string>} folder of the package
 * @throws Error with the reason in one line
 */
export async function makePrivateTree(folder, environment, say) {
  const { tree, tfjsNode } = privateTree(folder);
  await makeWhole(tree, async (partial) => {
    const npm = npmProgram(environment);
    if (!npm) throw new Error('no npm found to fetch @tensorflow/tfjs-node with');
    say(`fetching a private copy of @tensorflow/tfjs-node ${TFJS_NODE_VERSION} into ${folder}`);
    writeFileSync(join(partial, 'package.json'), '{ "private": true }\n');
    const quiet = ['--no-audit', '--no-fund', '--no-save', '--no-package-lock', '--ignore-scripts'];
    const outcome = await runChild(
      process.execPath,
      [npm, 'install', ...quiet, '--prefix', partial, `@tensorflow/tfjs-node@${TFJS_NODE_VERSION}`],
      { seconds: INSTALL_SECONDS, folder: partial, environment: sourceSettingsOnly(environment) },
    );
    if (!outcome.ok) throw new Error(`npm: ${outcome.reason}`);
    rmSync(join(partial, 'package-lock.json'), { force: true });
    return [join('node_modules', '@tensorflow', 'tfjs-node', 'dist', 'index.js')];
  });
  return tfjsNode;
}

/**
 * @param {NodeJS.ProcessEnv} environment
 * @returns {NodeJS.ProcessEnv}
 */
export function sourceSettingsOnly(environment) {
  const kept = Object.entries(environment).filter(
    ([name]) => !/^npm_/i.test(name) || SOURCE_SETTING.test(name),
  );
  return Object.fromEntries(kept);
}

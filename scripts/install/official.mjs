import { connect } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { runChild } from './child.mjs';
import { readManifest } from './places.mjs';

const OFFICIAL_SECONDS = 120;
const REACH_SECONDS = 5;

/**
 * Runs the install script that tfjs-node itself brings: it downloads libtensorflow and a ready binding.
 *
 * @param {string} tfjsNode folder of the package
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Promise<{ ok: boolean, reason: string }>}
 */
export async function runOfficialScript(tfjsNode, environment) {
  const unreachable = await whyUnreachable(tfjsNode, environment);
  if (unreachable) return { ok: false, reason: unreachable };
  const programs = [join(tfjsNode, '..', '..', '.bin'), join(tfjsNode, 'node_modules', '.bin')];
  return runChild(process.execPath, [join('scripts', 'install.js')], {
    seconds: OFFICIAL_SECONDS,
    folder: tfjsNode,
    environment: {
      ...environment,
      PATH: [...programs, dirname(process.execPath), environment.PATH].join(delimiter),
    },
  });
}

/**
 * Asks the script's host for a connection first: on a network that drops its packets the script alone would
 * use up its whole time. Behind a proxy only the script itself can tell.
 *
 * @param {string} tfjsNode
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Promise<string>} the reason, or an empty string
 */
async function whyUnreachable(tfjsNode, environment) {
  if (['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'].some((name) => environment[name])) return '';
  const text = downloadAddress(tfjsNode, environment);
  if (!URL.canParse(text)) return '';
  const address = new URL(text);
  const port = Number(address.port) || (address.protocol === 'http:' ? 80 : 443);
  return new Promise((resolve) => {
    const socket = connect({ host: address.hostname, port });
    /** @param {string} reason */
    const finish = (reason) => {
      socket.destroy();
      resolve(reason);
    };
    socket.setTimeout(REACH_SECONDS * 1000, () => finish(`${address.hostname} does not answer`));
    socket.once('connect', () => finish(''));
    socket.once('error', () => finish(`${address.hostname} cannot be reached`));
    setTimeout(finish, REACH_SECONDS * 1000, `${address.hostname} does not answer`).unref();
  });
}

/**
 * Where the script downloads from: its own variables, else the host its package names.
 *
 * @param {string} tfjsNode
 * @param {NodeJS.ProcessEnv} environment
 */
function downloadAddress(tfjsNode, environment) {
  const chosen = [
    'TFJS_NODE_BASE_URI',
    'npm_config_TFJS_NODE_BASE_URI',
    'TFJS_NODE_CDN_STORAGE',
    'CDN_STORAGE',
  ];
  const name = chosen.find((each) => environment[each]);
  return (name && environment[name]) || readManifest(tfjsNode).binary.host || '';
}

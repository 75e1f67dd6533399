// Where the time of a training step goes: samples of the processor's clock, by the source that each came from.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { WORKLOAD_NAMES } from '../../dist/bench/workload-names.js';
import { PAPER_UNITS, UNITS } from '../../dist/model/units/registry.js';
import { fusedSources } from '../install/fused.mjs';
import { runNodeGyp } from '../install/node-gyp.mjs';
import { PACKAGE_ROOT } from '../install/places.mjs';
import { PARTS, samplesOfParts } from './parts.mjs';

const HELP = `npm run profile [-- OPTIONS]

  Where the time of a training step goes, per cent: samples by perf (Linux), by the source of each.

  --only SIZE      a size of npm run bench, such as music-1x60; may be repeated (all)
  --unit NAME      a unit; may be repeated (tanh, gru, lstm)
  --threads N      of all together; what they wait for each other is a part (1)
  --seconds N      how long each one runs (8)`;

const BUILD_SECONDS = 600;
/** Not a divisor of what else goes by the clock. */
const SAMPLES_A_SECOND = 4999;

try {
  await main();
} catch (error) {
  const { message, code } = /** @type {Error & { code?: string }} */ (error);
  console.error(`profile: ${message.split('\n')[0]}`);
  process.exitCode = error instanceof RangeError || code?.startsWith('ERR_PARSE_ARGS') ? 2 : 1;
}

async function main() {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true, default: [...WORKLOAD_NAMES] },
      unit: { type: 'string', multiple: true, default: PAPER_UNITS.map(({ name }) => name) },
      threads: { type: 'string', default: '1' },
      seconds: { type: 'string', default: '8' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  requireNames('--only', values.only, WORKLOAD_NAMES);
  requireNames(
    '--unit',
    values.unit,
    UNITS.map(({ name }) => name),
  );
  for (const option of /** @type {const} */ (['threads', 'seconds']))
    if (!/^[1-9]\d*$/.test(values[option]))
      throw new RangeError(`--${option} ${values[option]}: a whole number, 1 or more`);
  const work = realpathSync(mkdtempSync(join(tmpdir(), 'gru-bench-profile-')));
  try {
    const addon = await buildWithLines(work);
    console.log(`| sequences × frames | unit | ms a step | ${PARTS.join(' | ')} |`);
    console.log(`|---|---|---|${'---|'.repeat(PARTS.length)}`);
    for (const size of values.only)
      for (const unit of values.unit)
        console.log(profile(work, addon, [size, unit, values.seconds, values.threads]));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/**
 * @param {string} option
 * @param {string[]} given
 * @param {readonly string[]} known
 */
function requireNames(option, given, known) {
  const wrong = given.find((name) => !known.includes(name));
  if (wrong !== undefined) throw new RangeError(`${option} ${wrong}: one of ${known.join(', ')}`);
}

/**
 * The addon as it is always built, with the source's lines beside its machine code.
 *
 * @param {string} work
 * @returns {Promise<string>} its place
 */
async function buildWithLines(work) {
  cpSync(fusedSources(PACKAGE_ROOT), work, { recursive: true });
  console.error('building the fused kernels with their lines (half a minute)');
  const built = await runNodeGyp(work, [], { ...process.env, CXXFLAGS: '-g' }, BUILD_SECONDS);
  if (!built.ok) throw new Error(`building the fused kernels: ${built.reason}`);
  return join(work, 'build', 'Release', 'gru_bench.node');
}

/**
 * @param {string} work
 * @param {string} addon
 * @param {[size: string, unit: string, seconds: string, threads: string]} run of `steps.mjs`
 * @returns {string} a row of the table
 */
function profile(work, addon, run) {
  const recording = join(work, 'perf.data');
  const record = ['record', '--quiet', '-o', recording, '-e', 'cpu-clock', '-F', String(SAMPLES_A_SECOND)];
  const steps = [process.execPath, join(import.meta.dirname, 'steps.mjs'), ...run];
  const ran = spawnSync('perf', [...record, ...steps], {
    encoding: 'utf8',
    env: { ...process.env, GRU_BENCH_ADDON: addon },
  });
  if (ran.status !== 0)
    throw new Error(ran.error ? `perf does not run here: ${ran.error.message}` : ran.stderr.trim());
  const samples = samplesOfParts(recording, addon);
  const all = [...samples.values()].reduce((sum, n) => sum + n);
  const shares = PARTS.map((part) => ((100 * (samples.get(part) ?? 0)) / all).toFixed(0));
  return `| ${run[0]} | ${run[1]} | ${Number(ran.stdout).toPrecision(3)} | ${shares.join(' | ')} |`;
}

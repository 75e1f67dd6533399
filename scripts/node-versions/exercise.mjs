import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runChild } from '../install/child.mjs';

const COMMAND_SECONDS = 300;

const EXPERIMENT = `
seeds: 2
units: [tanh, gru]
training: { maxSequences: 3, epochs: 2 }
search: { draws: 2, logLearningRate: [-8, -6] }
shortRun: { epochs: 1, maxSequences: 2 }
datasets: [{ dataset: demo-music }]
`;

const TRAIN = ['--model', 'gru', '--dataset', 'demo-music', '--epochs', '5'];
/** Of the time that the same training takes in WebAssembly, whatever was installed. */
const MOST_TIME = 2;

/**
 * Trains, evaluates, reproduces, reports and checks with an installed package.
 *
 * @param {import('./variants.mjs').Place} place
 * @param {import('./variants.mjs').Variant} variant
 * @returns {Promise<string>} what training says of its kernels, and how long an epoch takes
 * @throws Error with what went wrong
 */
export async function exercise({ folder, program, environment }, variant) {
  /** @param {string[]} words */
  const run = async (...words) => {
    const [first, ...rest] = [...program, ...words];
    const outcome = await runChild(first, rest, { seconds: COMMAND_SECONDS, folder, environment });
    if (!outcome.ok) throw new Error(`gru-bench ${words.join(' ')}: ${outcome.reason}`);
    return outcome.stdout;
  };
  const { kernels, backend, digits } = JSON.parse(await run('doctor', '--digits', '--json'));
  expect(
    'kernels',
    kernels.simd?.startsWith('wasm') ? 'wasm' : kernels.name === 'fused' && 'addon',
    variant.kernels,
  );
  expect('backend', backend.name, variant.backend);
  expect('digits', digits.same, true);

  const said = await run('train', ...TRAIN, '--out', 'run');
  const line = /^kernels +(.*)$/m.exec(said)?.[1] ?? '';
  expect('a word on what is faster', line.includes('the addon would be faster'), variant.kernels === 'wasm');
  await run('train', ...TRAIN, '--kernels', 'wasm', '--out', 'wasm');
  const [taken, wasm] = ['run', 'wasm'].map((name) => fastestEpoch(join(folder, name)));
  if (!(taken <= MOST_TIME * wasm))
    throw new Error(`an epoch of demo-music takes ${taken} s, and ${wasm} s in WebAssembly`);
  const { best } = JSON.parse(readFileSync(join(folder, 'run', 'result.json'), 'utf8'));
  const { splits } = JSON.parse(await run('evaluate', 'run', '--split', 'test', '--json'));
  const [{ perFrame }] = splits;
  if (!(Math.abs(perFrame - best.test_nll) < 1e-5))
    throw new Error(`evaluate gives ${perFrame}, training gave ${best.test_nll}`);

  writeFileSync(join(folder, 'experiment.yaml'), EXPERIMENT);
  await run('reproduce', 'experiment.yaml', '--out', 'results');
  await run('report', 'results');
  if (!existsSync(join(folder, 'results', 'report.html'))) throw new Error('report wrote no page');
  await run('check', 'results', '--strict');
  return `${line}; an epoch of demo-music in ${taken.toFixed(2)} s, in WebAssembly ${wasm.toFixed(2)} s`;
}

/**
 * @param {string} run
 * @returns {number} seconds
 */
function fastestEpoch(run) {
  const [header, ...rows] = readFileSync(join(run, 'curve.csv'), 'utf8').trim().split('\n');
  const column = header.split(',').indexOf('wall_clock_s');
  const ends = [0, ...rows.map((row) => Number(row.split(',')[column]))];
  return Math.min(...rows.map((_, epoch) => ends[epoch + 1] - ends[epoch]));
}

/**
 * @param {string} what
 * @param {unknown} actual
 * @param {unknown} expected
 */
function expect(what, actual, expected) {
  if (actual !== expected) throw new Error(`${what}: ${actual} instead of ${expected}`);
}

// Compares the units of an experiment as `gru-bench report` does, and once more by SciPy (GRU_BENCH_PYTHON, or python3),
// and prints both: differences paired by seed have to agree to 1e-9, bootstraps to what drawing leaves open.
//
//   npm run verdict:scipy -- results/paper
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { readFindings } from '../../dist/report/findings.js';
import { compareUnits } from '../../dist/report/verdict/comparison.js';

const TOLERANCE = 1e-9;
/** Of an end of a bootstrapped interval, as a share of its width. */
const DRAWING = 0.05;

const folder = process.argv[2] ?? 'results/paper';
const findings = readFindings(folder);
const ours = findings.experiment.datasets.flatMap((dataset) =>
  Object.values(compareUnits(findings, dataset)).flat(),
);
let failures = 0;
for (const [i, theirs] of scipy().entries()) {
  const { dataset, rule, units, word, better, test, bootstrap, withoutSearch } = ours[i];
  console.log(`${dataset}, ${rule}: ${units.join(' − ')}: ${better ? `${better} is ${word}` : word}`);
  for (const [what, own, other] of [
    ['paired by seed', test, theirs.test],
    ["without the search's seed", withoutSearch, theirs.withoutSearch],
  ])
    for (const key of ['n', 'mean', 'interval', 'p', 'pHolm', 'effect'])
      if (own?.[key] !== undefined) hold(`${what}, ${key}`, own[key], other?.[key], TOLERANCE);
  if (bootstrap) {
    const width = theirs.bootstrap.high - theirs.bootstrap.low;
    for (const end of /** @type {const} */ (['low', 'high']))
      hold(`bootstrap, ${end}`, bootstrap[end], theirs.bootstrap[end], DRAWING * width);
    hold('bootstrap, p', bootstrap.p, theirs.bootstrap.p, drawingOfP(theirs.bootstrap, bootstrap));
  }
}
console.log(failures === 0 ? 'all agree' : `${failures} do not agree`);
process.exitCode = failures === 0 ? 0 : 1;

/**
 * Four standard errors of the difference of two-sided p that so many draws each count, and the least that they can count.
 * @typedef {{ p: number, resamples: number }} Drawn @param {Drawn} theirs @param {Drawn} own
 */
function drawingOfP({ p, resamples }, own) {
  const tail = p / 2;
  const ofOne = 1 / resamples + 1 / own.resamples;
  return 2 * (4 * Math.sqrt(tail * (1 - tail) * ofOne) + ofOne);
}

/** @param {string} what @param {number} own @param {number | undefined} other @param {number} tolerance */
function hold(what, own, other, tolerance) {
  const holds = other !== undefined && Math.abs(own - other) <= tolerance;
  if (!holds) failures++;
  console.log(`  ${what}: ${own}, SciPy ${other}${holds ? '' : '  DOES NOT AGREE'}`);
}

function scipy() {
  const script = fileURLToPath(new URL('with_scipy.py', import.meta.url));
  const python = process.env.GRU_BENCH_PYTHON ?? 'python3';
  const { status, stdout, stderr } = spawnSync(python, [script, folder], { encoding: 'utf8' });
  if (status === 0) return JSON.parse(stdout);
  console.error(`${python} with SciPy is needed: ${stderr.trim().split('\n').at(-1)}`);
  process.exit(1);
}

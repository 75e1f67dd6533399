// Compiles random units and holds their kernels to their equations, and what else takes the compiler of WebAssembly: the
// long form of some tests of test/kernels.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PACKAGE_ROOT } from '../install/places.mjs';
import { sanitised } from '../sanitize/environment.mjs';

const HELP = `npm run test:units [-- OPTIONS]

  --count N    how many units (1000: some half hour on two cores)
  --seed N     which units (1)
  --sanitize   under AddressSanitizer and UndefinedBehaviorSanitizer, which takes the compiler ten times as long; without WebAssembly`;

try {
  process.exitCode = run();
} catch (error) {
  console.error(`test:units: ${/** @type {Error} */ (error).message}`);
  process.exitCode = 2;
}

function run() {
  const { values } = parseArgs({
    options: {
      count: { type: 'string', default: '1000' },
      seed: { type: 'string', default: '1' },
      sanitize: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const environment = {
    ...process.env,
    GRU_BENCH_UNITS: wholeNumber('--count', values.count),
    GRU_BENCH_UNITS_SEED: wholeNumber('--seed', values.seed),
  };
  const vitest = join(PACKAGE_ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  const tests = spawnSync(
    process.execPath,
    [
      vitest,
      'run',
      '--reporter=verbose',
      ...['random-units', 'wasm-compiler', 'functions'].map((name) => `test/kernels/${name}.test.ts`),
    ],
    {
      cwd: PACKAGE_ROOT,
      stdio: 'inherit',
      env: values.sanitize ? sanitised(environment) : environment,
    },
  );
  return tests.status ?? 1;
}

/**
 * @param {string} option
 * @param {string} text
 */
function wholeNumber(option, text) {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`${option} ${text}: a whole number above 0 is needed`);
  return text;
}

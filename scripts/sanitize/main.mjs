// Builds the fused kernels with AddressSanitizer and UndefinedBehaviorSanitizer and runs their tests and
// 10 000 hostile calls on them.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fusedSources } from '../install/fused.mjs';
import { runNodeGyp } from '../install/node-gyp.mjs';
import { PACKAGE_ROOT } from '../install/places.mjs';
import { sanitised } from './environment.mjs';

/** The sanitisers make the compiler ten times slower. */
const BUILD_SECONDS = 1200;

const work = mkdtempSync(join(tmpdir(), 'gru-bench-sanitize-'));
try {
  cpSync(fusedSources(PACKAGE_ROOT), work, { recursive: true });
  console.log('building the fused kernels with sanitisers (some three minutes)');
  const environment = sanitised(process.env);
  // What a process preloads to load the addon would slow the compiler.
  const built = await runNodeGyp(work, [], { ...environment, LD_PRELOAD: '' }, BUILD_SECONDS);
  if (!built.ok) throw new Error(`building the fused kernels: ${built.reason}`);
  const tests = spawnSync(
    process.execPath,
    [
      join(PACKAGE_ROOT, 'node_modules', 'vitest', 'vitest.mjs'),
      'run',
      'test/kernels',
      'test/faults/addon.test.ts',
      '--testTimeout=600000',
    ],
    {
      cwd: PACKAGE_ROOT,
      stdio: 'inherit',
      env: {
        ...environment,
        GRU_BENCH_FAULTS: 'long',
        GRU_BENCH_ADDON: join(work, 'build', 'Release', 'gru_bench.node'),
      },
    },
  );
  process.exitCode = tests.status ?? 1;
} catch (error) {
  console.error(`test:sanitize: ${/** @type {Error} */ (error).message.split('\n')[0]}`);
  process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}

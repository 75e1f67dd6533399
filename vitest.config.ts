import { defineConfig } from 'vitest/config';

/** Folders of tests that run the program as its users do: built, in processes of its own, on files. */
const OF_THE_PROGRAM = ['cli', 'faults', 'platform', 'scripts', 'slurm'].map(
  (folder) => `test/${folder}/**/*.test.ts`,
);

export default defineConfig(({ mode }) => ({
  test: {
    // A script of package.json that sets a variable itself runs in no shell of Windows.
    env: mode === 'without-data' ? { GRU_BENCH_DATA: '' } : {},
    // Native addons and signals want processes, not worker threads.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', './test/closing-line.ts'],
    setupFiles: ['test/own-environment.ts'],
    projects: [
      {
        extends: true,
        // Functions leave nothing behind, so that their files may share what they load.
        test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: OF_THE_PROGRAM, isolate: false },
      },
      {
        extends: true,
        test: { name: 'program', include: OF_THE_PROGRAM, globalSetup: ['test/suite-folder.ts'] },
      },
    ],
  },
}));

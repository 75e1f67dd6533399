import { execFileSync } from 'node:child_process';

/**
 * An environment in which addons are built with AddressSanitizer and UndefinedBehaviorSanitizer, and in which a process
 * can load them.
 *
 * @param {NodeJS.ProcessEnv} environment
 * @returns {NodeJS.ProcessEnv}
 */
export function sanitised(environment) {
  const runtimes = ['libasan.so', 'libubsan.so'].map((name) =>
    execFileSync('g++', [`-print-file-name=${name}`], { encoding: 'utf8' }).trim(),
  );
  return {
    ...environment,
    GRU_BENCH_SANITIZE: '1',
    LD_PRELOAD: runtimes.join(' '),
    // Node frees nothing at its end, and TensorFlow's own leaks are not ours to find.
    ASAN_OPTIONS: 'detect_leaks=0',
    UBSAN_OPTIONS: 'print_stacktrace=1',
  };
}

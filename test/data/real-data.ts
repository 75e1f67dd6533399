import { test } from 'vitest';

/** A test on the real data sets; where GRU_BENCH_DATA names no folder that holds them, it is skipped. */
export function testOnRealData(name: string, body: (folder: string) => void | Promise<void>): void {
  test(name, async ({ skip }) => {
    const folder = process.env.GRU_BENCH_DATA;
    skip(!folder, 'GRU_BENCH_DATA is not set');
    await body(folder as string);
  });
}

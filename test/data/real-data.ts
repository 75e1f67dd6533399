import { test } from 'vitest';
import { skipWhere } from '../skip.js';

/** Why a test on the real data sets is skipped: nothing where GRU_BENCH_DATA names the folder that holds them. */
export function whyNoRealData(): string | undefined {
  return process.env.GRU_BENCH_DATA ? undefined : 'GRU_BENCH_DATA is not set';
}

/** A test on the real data sets. */
export function testOnRealData(name: string, body: (folder: string) => void | Promise<void>): void {
  test(name, skipWhere(whyNoRealData()), () => body(process.env.GRU_BENCH_DATA as string));
}

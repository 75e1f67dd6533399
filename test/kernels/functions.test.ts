import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../../src/platform/folders.js';
import type { SimdPath } from '../../src/platform/processor.js';
import { simdPaths } from './variants.js';

const PROGRAM = fileURLToPath(new URL('native/functions.cpp', import.meta.url));
const SOURCES = join(PACKAGE_ROOT, 'src', 'kernels', 'native');
const flags = JSON.parse(readFileSync(join(SOURCES, 'flags.json'), 'utf8')) as Record<
  SimdPath | 'all',
  string[]
>;

const work = mkdtempSync(join(tmpdir(), 'gru-bench-functions-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** Largest errors in units in the last place; those of cosine and sine in units of a float near 1. */
const LARGEST_ERRORS: Record<string, number> = {
  exp: 1,
  sigmoid: 2.3,
  tanh: 2.3,
  log: 1.2,
  'log-of-one': 0.82,
  'exp-not-positive': 1,
  'logistic-slope': 2.1,
  softplus: 1.9,
  'softplus-slope': 2.1,
  cosine: 0.7,
  sine: 0.7,
};

/** What native/functions.cpp prints: for each function its largest error, where that is, and a digest of its bits. */
function functionsOf(path: SimdPath): { name: string; error: number; at: string; digest: string }[] {
  const program = join(work, path);
  const words = [...flags.all, ...flags[path], `-DPATH_${path.toUpperCase()}`, `-I${SOURCES}`, '-w'];
  execFileSync(process.env.CXX ?? 'c++', [...words, PROGRAM, '-o', program], { stdio: 'pipe' });
  const lines = execFileSync(program, { encoding: 'utf8' }).trim().split('\n');
  return lines.map((line) => {
    const [name, error, at, digest] = line.split(' ');
    return { name, error: Number(error), at, digest };
  });
}

const digestsOf = new Map<SimdPath, string[]>();

it.each(simdPaths())('the elementary functions are right to a few last places on %s', (path) => {
  const functions = functionsOf(path);
  expect(functions.map(({ name }) => name)).toEqual(Object.keys(LARGEST_ERRORS));
  expect(functions.filter(({ name, error }) => !(error <= LARGEST_ERRORS[name]))).toEqual([]);
  digestsOf.set(
    path,
    functions.map(({ digest }) => digest),
  );
});

it('they have the same bits on all paths with a fused multiply-add, and the logarithm of one float on all', () => {
  const [widest, ...others] = [...digestsOf].filter(([path]) => path !== 'plain');
  for (const [path, digests] of others) expect(digests, path).toEqual(widest?.[1]);
  const position = Object.keys(LARGEST_ERRORS).indexOf('log-of-one');
  expect(new Set([...digestsOf.values()].map((digests) => digests[position])).size).toBe(1);
});

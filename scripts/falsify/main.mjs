// Falsifies one number of each kind in each file of a copy of an experiment's results, one at a time, and demands that
// `gru-bench check` does not hold and names the file, and the line where it has lines. Some minutes for results/paper; it needs no data.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { falsifications } from './falsifications.mjs';
import { holdersOf, isHeld } from './holders.mjs';

const folder = process.argv[2] ?? 'results/paper';
const parent = mkdtempSync(join(tmpdir(), 'gru-bench-falsify-'));
const copy = join(parent, 'results');
let failures = 0;
try {
  cpSync(folder, copy, { recursive: true, filter: (path) => !path.endsWith('trials') });
  const before = await holdersOf(copy);
  if (before.length > 0) throw new Error(`${folder} does not hold as it is: ${before[0].title}`);
  for (const falsification of falsifications(copy)) {
    const { file, what, alter } = falsification;
    const path = join(copy, file);
    const bytes = readFileSync(path);
    writeFileSync(path, alter(bytes));
    const holders = await holdersOf(copy);
    writeFileSync(path, bytes);
    const holds = isHeld(falsification, bytes, holders);
    if (!holds) failures++;
    const by = holders.map(({ title }) => title).join('; ') || 'nothing';
    console.log(`${holds ? 'held ' : 'FAILS'} ${file}, ${what}: by ${by}`);
  }
} catch (error) {
  console.error(`falsify: ${/** @type {Error} */ (error).message}`);
  failures++;
} finally {
  rmSync(parent, { recursive: true, force: true });
}
process.exitCode = failures === 0 ? 0 : 1;

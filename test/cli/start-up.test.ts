import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** What a module loads before it runs; types and `await import(…)` are not among it. */
function loadedBy(file: string): string[] {
  const statements = readFileSync(file, 'utf8').matchAll(
    /^(?:import|export)\s(?!type\b)(?:[^;']*?\sfrom\s)?'([^']+)';/gm,
  );
  return [...statements].map(([, name]) => name);
}

/** All packages and files that are loaded before the first command is looked at. */
function loadedAtStart(): { packages: Set<string>; files: Set<string> } {
  const [packages, files] = [new Set<string>(), new Set([MAIN])];
  for (const file of files)
    for (const name of loadedBy(file))
      if (name.startsWith('.')) files.add(join(dirname(file), name.replace(/\.js$/, '.ts')));
      else if (!name.startsWith('node:')) packages.add(name);
  return { packages, files };
}

it('the command line loads nothing heavy before a command runs, so that --help and --version come at once', () => {
  const { packages, files } = loadedAtStart();
  expect(files.size).toBeGreaterThan(15);
  expect([...packages].sort()).toEqual(['commander', 'fastest-levenshtein']);
});

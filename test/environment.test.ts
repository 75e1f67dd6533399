import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

function variablesIn(text: string): string[] {
  return text.match(/\bGRU_BENCH_[A-Z_]+/g) ?? [];
}

it('the table in docs/commands.md has every variable of the environment that the program and its scripts look at', () => {
  const used = ['src', 'scripts', 'bin'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(ts|mjs|js|py|gyp)$/.test(entry.name))
      .flatMap(({ parentPath, name }) => variablesIn(readFileSync(join(parentPath, name), 'utf8'))),
  );
  const rows = readFileSync(join(ROOT, 'docs/commands.md'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `GRU_BENCH_'))
    .flatMap((line) => variablesIn(line.split('|')[1]));
  expect([...rows].sort()).toEqual([...new Set(used)].sort());
});

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

/** The folders of src/, lowest first; each imports only from those before it. */
const FOLDERS = [
  'platform',
  'random',
  'data',
  'model',
  'kernels',
  'training',
  'bench',
  'experiment',
  'report',
  'cli',
];
const ROOT = fileURLToPath(new URL('..', import.meta.url));

it('the linter refuses every import from a folder above, and no import from one below', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gru-bench-layout-'));
  cpSync(join(ROOT, 'biome.json'), join(folder, 'biome.json'));
  const pairs = FOLDERS.flatMap((from) => FOLDERS.filter((to) => to !== from).map((to) => ({ from, to })));
  for (const { from, to } of pairs) {
    mkdirSync(join(folder, 'src', from), { recursive: true });
    const file = join(folder, 'src', from, `imports-${to}.ts`);
    writeFileSync(file, `import { x } from '../${to}/example.js';\nx();\n`);
  }
  const { stdout } = spawnSync(
    join(ROOT, 'node_modules/.bin/biome'),
    [
      'lint',
      '--vcs-enabled=false',
      '--only=style/noRestrictedImports',
      '--reporter=github',
      '--max-diagnostics=none',
      'src',
    ],
    { cwd: folder, encoding: 'utf8' },
  );
  rmSync(folder, { recursive: true });
  const refused = pairs.filter(({ from, to }) => stdout.includes(`src/${from}/imports-${to}.ts`));
  const upwards = pairs.filter(({ from, to }) => FOLDERS.indexOf(to) > FOLDERS.indexOf(from));
  expect(refused).toEqual(upwards);
});

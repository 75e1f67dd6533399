// Checks the types of the program, and of each folder of scripts/ and src/ that has a tsconfig.json of its own.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const root = process.cwd();
const foldersIn = (/** @type {string} */ folder) =>
  readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));

const projects = [root, ...foldersIn('scripts'), ...foldersIn('src')].filter((folder) =>
  existsSync(join(folder, 'tsconfig.json')),
);
const require = createRequire(import.meta.url);
const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
const failed = projects.filter(
  (folder) => spawnSync(process.execPath, [tsc, '--noEmit', '-p', folder], { stdio: 'inherit' }).status !== 0,
);
if (failed.length > 0) process.exitCode = 1;

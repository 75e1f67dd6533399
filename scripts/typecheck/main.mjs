// Checks the types of the program, of scripts/, and of each folder of src/ that has a tsconfig.json of its own: pages,
// which run in browsers.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';

const root = process.cwd();
const pages = readdirSync(join(root, 'src'), { recursive: true })
  .map(String)
  .filter((file) => basename(file) === 'tsconfig.json')
  .map((file) => join(root, 'src', dirname(file)));
const projects = [root, join(root, 'scripts'), ...pages];
const require = createRequire(import.meta.url);
const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
const failed = projects.filter(
  (folder) => spawnSync(process.execPath, [tsc, '--noEmit', '-p', folder], { stdio: 'inherit' }).status !== 0,
);
if (failed.length > 0) process.exitCode = 1;

// Builds the page that `gru-bench play` serves, dist/play/page.html; nothing where it is up to date. Without the
// WebAssembly modules there is none: `--if-kernels` says so and goes on.
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { MODULE_FILES } from '../../dist/kernels/wasm-modules.js';
import { PACKAGE_ROOT } from '../../dist/platform/folders.js';
import { PAGE_FILE } from '../../dist/play/serve.js';

const SOURCES = ['src', 'scripts/play', 'datasets/demo-music', 'wasm', 'package.json', 'package-lock.json'];

function isUpToDate() {
  if (!existsSync(PAGE_FILE)) return false;
  const built = statSync(PAGE_FILE).mtimeMs;
  return SOURCES.map((path) => join(PACKAGE_ROOT, path)).every((path) => newestBelow(path) < built);
}

/**
 * @param {string} path
 * @returns {number} milliseconds
 */
function newestBelow(path) {
  const own = statSync(path);
  if (!own.isDirectory()) return own.mtimeMs;
  return Math.max(own.mtimeMs, ...readdirSync(path).map((name) => newestBelow(join(path, name))));
}

const missing = Object.values(MODULE_FILES).find((file) => !existsSync(file));
if (missing !== undefined) {
  console.error(
    `no page for gru-bench play: ${relative(PACKAGE_ROOT, missing)} is missing; npm run build:wasm makes it`,
  );
  if (!process.argv.includes('--if-kernels')) process.exitCode = 1;
} else if (!isUpToDate()) {
  const { buildPage } = await import('./build.mjs');
  const html = await buildPage();
  mkdirSync(dirname(PAGE_FILE), { recursive: true });
  writeFileSync(PAGE_FILE, html);
  console.log(
    `${relative(PACKAGE_ROOT, PAGE_FILE)} is built: ${(Buffer.byteLength(html) / 1024).toFixed(0)} KiB`,
  );
}

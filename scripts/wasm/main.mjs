// Compiles the kernels into the WebAssembly modules of wasm/, by the clang that npm brings; nothing where they are up to
// date. `-- --check` compiles them anew and compares the bytes with those that are there.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { WASM_PATHS } from '../../dist/kernels/paths.js';
import {
  COMPILER_PACKAGE,
  compileWasm,
  findWasmCompiler,
  keyOfModule,
  wasmSource,
} from '../../dist/kernels/wasm-compiler.js';
import { MODULE_FILES } from '../../dist/kernels/wasm-modules.js';

const check = process.argv.includes('--check');
const record = join(dirname(MODULE_FILES.wasm), 'built.json');

const hashOf = (/** @type {Uint8Array} */ bytes) => createHash('sha256').update(bytes).digest('hex');
const builtNow = () => (existsSync(record) ? JSON.parse(readFileSync(record, 'utf8')) : {});

/**
 * @param {typeof WASM_PATHS[number]} path
 * @param {NonNullable<ReturnType<typeof findWasmCompiler>>} compiler
 */
async function make(path, compiler) {
  const file = MODULE_FILES[path];
  const source = wasmSource(path);
  const key = keyOfModule(source, compiler);
  const present = existsSync(file) ? readFileSync(file) : undefined;
  const own = builtNow().modules?.[basename(file)];
  const isCurrent = present !== undefined && own?.madeOf === key && own.sha256 === hashOf(present);
  if (isCurrent && !check) return { file, key, bytes: present, what: 'is up to date' };
  const bytes = Buffer.from(await compileWasm(source, compiler));
  if (!check) return { file, key, bytes, what: 'is built' };
  const isSame = present !== undefined && bytes.equals(present);
  return { file, key, bytes, isSame, what: isSame ? 'holds' : 'is not what the sources give' };
}

const compiler = findWasmCompiler();
if (!compiler) throw new Error(`${COMPILER_PACKAGE} is not installed; npm ci brings it`);
const made = await Promise.all(WASM_PATHS.map((path) => make(path, compiler)));
for (const { file, bytes, what } of made)
  console.log(`wasm/${basename(file)} ${what}: ${(bytes.length / 1024).toFixed(0)} KiB`);
if (check) {
  process.exitCode = made.every(({ isSame }) => isSame) ? 0 : 1;
  if (process.exitCode === 1) console.error('`npm run build:wasm` builds it anew');
} else {
  mkdirSync(dirname(record), { recursive: true });
  for (const { file, bytes } of made) writeFileSync(file, bytes);
  const modules = Object.fromEntries(
    made.map(({ file, key, bytes }) => [basename(file), { madeOf: key, sha256: hashOf(bytes) }]),
  );
  const compiledBy = `${COMPILER_PACKAGE} ${compiler.version}`;
  writeFileSync(record, `${JSON.stringify({ compiledBy, modules }, null, 2)}\n`);
}

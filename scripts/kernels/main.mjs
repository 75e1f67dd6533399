// Writes the units' headers, src/kernels/native/units, from their equations.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { headerName, unitHeader, unitsHeader } from '../../dist/kernels/generate/header.js';
import { UNITS } from '../../dist/model/units/registry.js';

const folder = fileURLToPath(new URL('../../src/kernels/native/units', import.meta.url));
const headers = [
  ...UNITS.map((unit) => ({ name: headerName(unit), text: unitHeader(unit) })),
  { name: 'units.h', text: unitsHeader(UNITS) },
];
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);
const files = headers.map(({ name, text }) => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
});
const { error } = spawnSync('clang-format', ['-i', ...files], { stdio: 'inherit' });
if (error) console.error('clang-format is not installed: the headers stay as they are, not indented');

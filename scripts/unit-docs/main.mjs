// Writes docs/units.md, its figures and equations, from the units' equations and the texts beside this file.
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { unitDocs } from './docs.mjs';

const docs = new URL('../../docs/', import.meta.url);
const files = await unitDocs();
for (const name of readdirSync(new URL('units', docs)))
  if (name.endsWith('.svg') && !files.has(`units/${name}`)) rmSync(new URL(`units/${name}`, docs));
for (const [path, text] of files) writeFileSync(new URL(path, docs), text);

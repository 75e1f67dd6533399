import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { emptyFolder } from './cli/command.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** The script of `npm run lint`, which is plain JavaScript. */
const { faultsOfLayout } = (await import(new URL('../scripts/layout/layout.mjs', import.meta.url).href)) as {
  faultsOfLayout(root: string): string[];
};

const ORDER = Object.keys(JSON.parse(readFileSync(join(ROOT, 'src/layout.json'), 'utf8')));

/** A project of the folders and files given, the topmost first. */
function project(order: readonly string[], files: Record<string, string>): string {
  const root = emptyFolder();
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  for (const name of order.filter((each) => !each.endsWith('.ts')))
    mkdirSync(join(root, 'src', name), { recursive: true });
  write('src/layout.json', JSON.stringify(Object.fromEntries(order.map((name) => [name, 'what it holds']))));
  for (const [path, text] of Object.entries(files)) write(path, text);
  return root;
}

/** From a file of one folder to one of another. */
const pathTo = (from: string, to: string) => `${'../'.repeat(from.split('/').length)}${to}/example.js`;
const nameOf = (to: string) => to.replaceAll('/', '-');

const importing = (path: string) => `import { x } from '${path}';\nx();\n`;

describe('the layout', () => {
  it('is kept here', () => {
    expect(faultsOfLayout(ROOT)).toEqual([]);
  });

  it('refuses every import from a folder above, and none from one below', () => {
    const folders = ORDER.filter((name) => !name.endsWith('.ts'));
    const pairs = folders.flatMap((from) => folders.filter((to) => to !== from).map((to) => ({ from, to })));
    const files = pairs.map(({ from, to }) => [
      `src/${from}/imports-${nameOf(to)}.ts`,
      importing(pathTo(from, to)),
    ]);
    const faults = faultsOfLayout(project(folders, Object.fromEntries(files)));
    const upwards = pairs.filter(({ from, to }) => ORDER.indexOf(to) < ORDER.indexOf(from));
    for (const { from, to } of upwards)
      expect(faults).toContain(
        `src/${from}/imports-${nameOf(to)}.ts imports ${pathTo(from, to)}: ${to} is above ${from}, and a folder imports only from those below it`,
      );
    expect(faults.length).toBe(upwards.length);
  });

  it.each([
    ["import '../high/x.js';"],
    ["import type { X } from '../high/x.js';"],
    ["import {\n  a,\n  b,\n} from '../high/x.js';"],
    ["export * from '../high/x.js';"],
    ["const x = await import('../high/x.js');"],
    ["const x = await import(\n  '../high/x.js'\n);"],
    ["let x: import('../high/x.js').X;"],
    ['import x from "../high/x.js";'],
  ])('sees %j', (text) => {
    expect(faultsOfLayout(project(['high', 'low'], { 'src/low/a.ts': text })).length).toBe(1);
  });

  it.each([
    ['a folder in another, and one above both', 'model/graph/deep/a.ts', '../../../kernels/x.js', 1],
    ['a folder in another, and the one that holds it', 'model/graph/a.ts', '../spec.js', 1],
    ['a folder in another, and one beside it that is higher', 'model/graph/a.ts', '../units/gru.js', 1],
    ['a folder in another, and one below', 'model/units/a.ts', '../graph/x.js', 0],
    ['the holding folder, and the one that it holds', 'model/a.ts', './graph/x.js', 0],
    ['a folder, and one in another below', 'kernels/a.ts', '../model/units/gru.js', 0],
    ['a folder that is not named, and the one that holds it', 'kernels/native/a.ts', '../b.js', 0],
    ['the door, and anything', 'index.ts', './model/units/gru.js', 0],
    ['anything, and the door', 'kernels/a.ts', '../index.js', 1],
  ])('knows folders in folders and the door: %s', (_, file, path, count) => {
    const order = ['index.ts', 'kernels', 'model', 'model/units', 'model/graph'];
    const files = { 'src/index.ts': '', [`src/${file}`]: importing(path) };
    expect(faultsOfLayout(project(order, files)).length).toBe(count);
  });

  it.each<[string, Parameters<typeof project>, string]>([
    ['a file in no named folder', [['low'], { 'src/other/a.ts': '' }], 'src/other/a.ts is in no folder'],
    ['a file beside the folders', [['low'], { 'src/a.ts': '' }], 'src/a.ts is in no folder'],
    [
      'a name without its file',
      [['index.ts', 'low'], {}],
      'src/layout.json names index.ts, which is not there',
    ],
  ])('tells %s', (_, words, fault) => {
    expect(faultsOfLayout(project(...words))).toEqual([expect.stringContaining(fault)]);
  });
});

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

/**
 * Where src/ departs from its layout. `src/layout.json` names its folders from the top down, with what each holds, and
 * each imports only from itself and those below it. A folder that is not named belongs to the nearest one above it that is; a folder
 * within a named one may be named on its own (`model/graph`), and so may a file (`index.ts`).
 *
 * @param {string} root the folder that holds src/
 * @returns {string[]} a line for each fault: what is wrong, and where
 */
export function faultsOfLayout(root) {
  const order = Object.keys(JSON.parse(readFileSync(join(root, 'src', 'layout.json'), 'utf8')));
  return [
    ...order
      .filter((name) => !existsSync(join(root, 'src', name)))
      .map((name) => `src/layout.json names ${name}, which is not there`),
    ...faultsOfImports(root, order),
  ];
}

/**
 * @param {string} root
 * @param {string[]} order
 */
function faultsOfImports(root, order) {
  return readdirSync(join(root, 'src'), { recursive: true })
    .map((file) => String(file).replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.ts'))
    .sort()
    .flatMap((file) => {
      const from = placeOf(file, order);
      if (from === undefined) return [`src/${file} is in no folder that src/layout.json names`];
      return importsOf(readFileSync(join(root, 'src', file), 'utf8')).flatMap((path) => {
        const to = placeOf(posix.join(posix.dirname(file), path), order);
        // What is outside src/, or in no named folder, has no place in the order.
        if (to === undefined || order.indexOf(to) >= order.indexOf(from)) return [];
        return [
          `src/${file} imports ${path}: ${to} is above ${from}, and a folder imports only from those below it`,
        ];
      });
    });
}

/**
 * The relative paths that a module imports or exports from, also when it runs, and for their types alone.
 *
 * @param {string} source
 */
function importsOf(source) {
  return [...source.matchAll(/\b(?:from|import)\s*\(?\s*['"](\.[^'"]*)['"]/g)].map(([, path]) => path);
}

/**
 * @param {string} file below src/; a compiled name stands for its source
 * @param {string[]} order
 * @returns the name in the order that holds it most closely
 */
function placeOf(file, order) {
  const source = file.replace(/\.js$/, '.ts');
  return order
    .filter((name) => source === name || source.startsWith(`${name}/`))
    .sort((a, b) => b.length - a.length)
    .at(0);
}

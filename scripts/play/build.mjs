import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { unitFigure } from '../../dist/drawing/unit-figure.js';
import { WASM_PATHS } from '../../dist/kernels/paths.js';
import { MODULE_FILES } from '../../dist/kernels/wasm-modules.js';
import { unitData } from '../../dist/model/graph/unit-data.js';
import { UNITS } from '../../dist/model/units/registry.js';
import { PACKAGE_ROOT, PACKAGE_VERSION } from '../../dist/platform/folders.js';
import { pageStyle } from '../../dist/platform/page-style.js';
import { DEFAULTS_BY_KIND, trainingSchema } from '../../dist/training/options.js';

const SOURCES = join(PACKAGE_ROOT, 'src', 'play', 'page');
const MUSIC = 'demo-music';

/**
 * The page that trains, in one text: scripts, kernels, the demo music and the drawings of the units are in it, and its
 * policy lets it load nothing else.
 *
 * @returns {Promise<string>}
 */
export async function buildPage() {
  const [worker, script] = await Promise.all(['worker.ts', 'main.ts'].map(bundle));
  const fields = {
    version: PACKAGE_VERSION,
    learningRate: DEFAULTS_BY_KIND.music.learningRate,
    seed: trainingSchema.shape.seed.parse(undefined),
  };
  const embedded = JSON.stringify({ modules: modules(), music: music(), units: await units() });
  const head = [
    `<meta http-equiv="Content-Security-Policy" content="${policyFor(script)}">`,
    `<style>\n${pageStyle()}${source('page.css')}</style>`,
  ];
  const end = [
    `<script type="application/json" id="assets">${embedded}</script>`,
    `<script type="text/plain" id="worker">${forScript(worker)}</script>`,
    `<script>${forScript(script)}</script>`,
  ];
  return Object.entries(fields)
    .reduce((html, [name, value]) => html.replaceAll(`{{${name}}}`, String(value)), source('page.html'))
    .replace('</head>', () => `${head.join('\n')}\n</head>`)
    .replace('</body>', () => `${end.join('\n')}\n</body>`);
}

/** @param {string} file */
function source(file) {
  return readFileSync(join(SOURCES, file), 'utf8');
}

/**
 * @param {string} entry
 * @throws Error where it needs what no browser has
 */
async function bundle(entry) {
  const built = await rolldown({
    input: join(SOURCES, entry),
    platform: 'browser',
    resolve: { extensionAlias: { '.js': ['.ts', '.js'] } },
    plugins: [
      {
        name: 'no-node',
        resolveId(id, importer) {
          if (id.startsWith('node:')) throw new Error(`${importer} imports ${id}, which no browser has`);
        },
      },
    ],
    onLog: (_, { message }) => {
      throw new Error(message);
    },
  });
  const { output } = await built.generate({ format: 'iife', minify: true });
  await built.close();
  return output[0].code;
}

/** @param {string} code */
function forScript(code) {
  if (/<\/script|<!--/i.test(code)) throw new Error('the bundle holds what would end its script element');
  return code;
}

/** @param {string} script the only one that the page runs by itself */
function policyFor(script) {
  const hash = createHash('sha256').update(script).digest('base64');
  return [
    "default-src 'none'",
    `script-src 'sha256-${hash}' 'wasm-unsafe-eval' blob:`,
    'worker-src blob:',
    "style-src 'unsafe-inline'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

function modules() {
  return WASM_PATHS.map((path) => ({ path, gzip: packed(readFileSync(MODULE_FILES[path])) }));
}

function music() {
  const folder = join(PACKAGE_ROOT, 'datasets', MUSIC);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.name.endsWith('.mid'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const contents = files.map((file) => readFileSync(file));
  return {
    name: MUSIC,
    files: files.map((file, i) => [file.slice(folder.length + 1).replaceAll('\\', '/'), contents[i].length]),
    gzip: packed(Buffer.concat(contents)),
  };
}

async function units() {
  const described = UNITS.map(async (unit) => ({ data: unitData(unit), figure: await unitFigure(unit) }));
  return { gzip: packed(Buffer.from(JSON.stringify(await Promise.all(described)))) };
}

/** @param {Uint8Array} bytes */
function packed(bytes) {
  return gzipSync(bytes, { level: 9 }).toString('base64');
}

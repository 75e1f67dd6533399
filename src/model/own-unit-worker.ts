/** A thread that runs the file of an own unit and tells what it defines. */
import { spawnSync } from 'node:child_process';
import * as nodeModule from 'node:module';
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { Misuse } from '../platform/failure.js';
import { guessText, nearestName } from '../platform/nearest-name.js';
import type { Unit } from './graph/define-unit.js';
import { Graph } from './graph/expression.js';
import { type UnitData, unitData } from './graph/unit-data.js';

/** What the thread tells, once. */
export type FromFile = { readonly defined: UnitData } | { readonly refused: string };

const { file } = workerData as { file: string };

const DOOR = new URL('../index.js', import.meta.url).href;

/** Such a file's `gru-bench` is this one, wherever the file lies and whatever is installed beside it. */
function resolveOwnName(): void {
  type Next = (specifier: string, context: unknown) => unknown;
  const resolve = (specifier: string, context: unknown, next: Next) =>
    specifier === 'gru-bench'
      ? { url: DOOR, format: 'module', shortCircuit: true }
      : next(specifier, context);
  const { registerHooks, register } = nodeModule as {
    registerHooks?: (hooks: object) => void;
    register: (hooks: string) => void;
  };
  // Until Node 22.15 such functions run elsewhere, and come as text.
  const text = `const DOOR = ${JSON.stringify(DOOR)}; export const resolve = ${resolve};`;
  if (registerHooks) registerHooks({ resolve });
  else register(`data:text/javascript,${encodeURIComponent(text)}`);
}

async function defined(): Promise<FromFile> {
  resolveOwnName();
  let exported: Record<string, unknown>;
  try {
    exported = await import(pathToFileURL(file).href);
  } catch (error) {
    return { refused: `${inOneLine(error)}${await adviceOnImport(error)}` };
  }
  const units = Object.values(exported).filter(isUnit);
  if (exported.default === undefined && units.length > 1)
    return { refused: `it exports ${units.length} units: make one of them the default, export default` };
  const unit = exported.default ?? units[0];
  if (!isUnit(unit))
    return { refused: 'it has to export a unit: export default defineUnit(…), from gru-bench' };
  return { defined: unitData(unit) };
}

function isUnit(value: unknown): value is Unit {
  return typeof value === 'object' && value !== null && (value as Partial<Unit>).graph instanceof Graph;
}

/** What went wrong, with the line of the file. */
function inOneLine(error: unknown): string {
  if (!(error instanceof Error)) return `it throws ${String(error).slice(0, 200).split('\n')[0]}`;
  if ((error as NodeJS.ErrnoException).code === 'ERR_UNKNOWN_FILE_EXTENSION')
    return `Node ${process.versions.node} does not read ${basename(file)}: write it as .mjs`;
  const line =
    lineOf(error.cause) ?? lineOf(error) ?? (error instanceof SyntaxError ? syntaxLine() : undefined);
  const message = error instanceof Misuse ? error.message : error.message.split('\n')[0].slice(0, 300);
  return line === undefined ? message : `line ${line}: ${message}`;
}

/** What may be meant by a name that is imported and not to be had. */
async function adviceOnImport(error: unknown): Promise<string> {
  const missing = /'gru-bench' does not provide an export named '(\w+)'/;
  const [, name] = missing.exec(error instanceof SyntaxError ? error.message : '') ?? [];
  if (name === undefined) return '';
  return guessText(nearestName(name, Object.keys(await import(DOOR))));
}

const HREF = pathToFileURL(file).href;

/** The innermost line of the file that an error's stack names. */
function lineOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const places = String(error.stack)
    .split('\n')
    .filter((one) => one.includes(HREF) || one.includes(file))
    .map((one) => /:(\d+)(?::\d+)?\)?$/.exec(one)?.[1]);
  return places.find((place) => place !== undefined);
}

/** The line that cannot be read, which Node says where it only reads a file, and not where it imports one. */
function syntaxLine(): string | undefined {
  const { stderr } = spawnSync(process.execPath, ['--check', file], { encoding: 'utf8', timeout: 5000 });
  const [first] = (stderr ?? '').split('\n');
  return first.startsWith(`${file}:`) ? /:(\d+)$/.exec(first)?.[1] : undefined;
}

parentPort?.postMessage(await defined());

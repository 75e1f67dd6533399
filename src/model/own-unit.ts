import { existsSync, statSync } from 'node:fs';
import { basename, join, normalize, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Failure, Misuse } from '../platform/failure.js';
import { PACKAGE_ROOT } from '../platform/folders.js';
import { nearestName } from '../platform/nearest-name.js';
import { guessOfPath, isFile, nearestPath } from '../platform/nearest-path.js';
import { printable } from '../platform/printable.js';
import { shellWord } from '../platform/shell-word.js';
import { shownPath } from '../platform/shown-path.js';
import type { Unit } from './graph/define-unit.js';
import { type UnitData, unitData, unitDataSchema, unitFromData } from './graph/unit-data.js';
import { unitHash } from './graph/unit-hash.js';
import type { FromFile } from './own-unit-worker.js';
import { UNIT_NAMES, UNITS, unitNamed } from './units/registry.js';

/** Always as built: threads run JavaScript. */
const WORKER = join(PACKAGE_ROOT, 'dist', 'model', 'own-unit-worker.js');

/** A unit is defined in no time; a file that takes longer does not end. */
const MOST_SECONDS = 10;
/** MiB. */
const MOST_MEMORY = 256;

/** Whether a user names the file of an own unit, not a unit of the registry. */
export function isUnitFile(text: string): boolean {
  return /\.[cm]?[jt]s$/.test(text) || /[/\\]/.test(text);
}

/**
 * The unit of a name in the registry, or the one that a file defines.
 *
 * @param text a name, or a path that counts from the working folder
 * @throws Misuse where there is neither, Failure where the file defines none
 */
export async function unitOfText(text: string): Promise<Unit> {
  if (isUnitFile(text)) return unitFromData(await readUnitFile(text));
  const isNamed = UNIT_NAMES.includes(text);
  const file = `./${text}.mjs`;
  const isMeant = existsSync(file) || nearestName(text, UNIT_NAMES) === undefined;
  const near = isNamed || !isMeant ? undefined : nearestPath(file, isOwnUnit);
  if (near !== undefined) throw new Misuse(`there is no unit ${text}; did you mean ${near}?`);
  return unitNamed(text);
}

/**
 * What the file of an own unit defines: its default export, or the only unit that it exports. The
 * file runs in a thread of its own, so that it can neither keep the program nor print into its output.
 *
 * @throws Misuse where there is no such file, or its unit has the name of one that comes with gru-bench; Failure where
 *   it defines no unit
 */
export async function readUnitFile(path: string): Promise<UnitData> {
  const file = resolve(path);
  if (!existsSync(file)) throw new Misuse(`${path}: no such file${guessOfUnitFile(path)}`);
  if (!statSync(file).isFile()) throw new Misuse(`${path} is not the file of a unit`);
  const answer = await runFile(file);
  if ('refused' in answer) throw new Failure(`${path}: ${answer.refused}`);
  // Not trusted: the file could have told it itself.
  const { success, data: defined } = unitDataSchema.safeParse(answer.defined);
  if (!success) throw new Failure(`${path}: it defines no unit`);
  const { name, hash } = unitData(unitFromData(defined));
  const known = UNITS.find((unit) => unit.name === name);
  if (known && unitHash(known) !== hash)
    throw new Misuse(
      `${path}: a unit that comes with gru-bench is called ${name} already; give yours another name`,
    );
  return defined;
}

/** Whether a path is that of an own unit, by its name. */
const isOwnUnit = (path: string) => isUnitFile(basename(path)) && isFile(path);

/** Another file may be meant, or one that is still to be written. */
const guessOfUnitFile = (path: string) =>
  guessOfPath(path, isOwnUnit) ||
  `; \`gru-bench units new ${shellWord(normalize(shownPath(path)))}\` writes one`;

function runFile(file: string): Promise<FromFile> {
  return new Promise((answer) => {
    const worker = new Worker(WORKER, {
      workerData: { file },
      argv: [],
      execArgv: [],
      // Held back: what a file prints is not the program's output.
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY },
    });
    const settle = (result: FromFile) => {
      clearTimeout(timer);
      answer(result);
      void worker.terminate();
    };
    const timer = setTimeout(
      () => settle({ refused: `it did not end within ${MOST_SECONDS} seconds` }),
      MOST_SECONDS * 1000,
    );
    worker.on('message', settle);
    worker.on('error', (error: NodeJS.ErrnoException) =>
      settle({
        refused:
          error.code === 'ERR_WORKER_OUT_OF_MEMORY'
            ? `it needs more than ${MOST_MEMORY} MiB of memory`
            : printable(String(error.message ?? error).split('\n')[0]),
      }),
    );
    worker.on('exit', () => settle({ refused: 'it ended the program before it defined a unit' }));
  });
}

import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { datasetOfFile } from '../data/catalogue.js';
import { isUnitFile, readUnitFile, unitOfText } from '../model/own-unit.js';
import { Misuse } from '../platform/failure.js';
import { readFieldsFile } from '../platform/fields-file.js';
import { guessOfPath, isFile } from '../platform/nearest-path.js';
import { parseFields } from '../platform/parse-fields.js';
import { requestSchema, type TrainingRequest } from './request.js';

/** What a file asks for. */
export interface RequestFile {
  readonly fields: Record<string, unknown>;
  /** `my-run.yaml, line 2: dataset`; nothing where the file does not have the field. */
  placeOf(field: string): string | undefined;
}

const isConfig = (path: string) => isFile(path) && /\.(ya?ml|json)$/.test(path);

/**
 * Fields of a training request from a file: YAML or JSON, either the fields themselves or a run's config.json. The
 * data set's path counts from the file's folder.
 *
 * @throws Failure when the file cannot be read, Misuse when it is not there or holds no fields
 */
export function readRequestFile(path: string): RequestFile {
  if (!existsSync(path)) throw new Misuse(`${path}: no such file${guessOfPath(path, isConfig)}`);
  const file = readFieldsFile(path);
  const asFields = (value: unknown) => z.record(z.string(), z.unknown()).safeParse(value).data;
  const whole = asFields(file.content);
  if (whole === undefined) throw new Misuse(`${path}: needs fields such as "model: gru"`);
  const ofRun = asFields(whole.request);
  const own = ofRun ?? whole;
  const { dataset, model, ...others } = withPresentNames(own) as Record<string, unknown>;
  const ofFile = (field: unknown, isPath: (text: string) => boolean) =>
    typeof field === 'string' && isPath(field) ? resolve(dirname(path), field) : field;
  const fields = {
    ...others,
    ...(model !== undefined && { model: ofFile(model, isUnitFile) }),
    ...(dataset !== undefined && {
      dataset: typeof dataset === 'string' && dataset !== '' ? datasetOfFile(dataset, path) : dataset,
    }),
  };
  return {
    fields,
    placeOf(field) {
      if (!(field in fields)) return undefined;
      const name = field in own ? field : 'units';
      return file.placeOf(ofRun === undefined ? [name] : ['request', name]);
    },
  };
}

/** Fields by the names that they have now: `hidden` was called `units` once. */
export function withPresentNames(fields: unknown): unknown {
  if (typeof fields !== 'object' || fields === null || !('units' in fields)) return fields;
  const { units, ...others } = fields;
  return { hidden: units, ...others };
}

/**
 * Fields with the equations of the unit that `model` names, where that is a file.
 *
 * @throws Misuse where there is no such unit or file; Failure where the file defines none
 */
export async function withUnit(fields: Record<string, unknown>): Promise<Record<string, unknown>> {
  const { model } = fields;
  if (typeof model !== 'string' || model === '') return fields;
  if (!isUnitFile(model)) {
    await unitOfText(model);
    return fields;
  }
  return { ...fields, model: resolve(model), equations: await readUnitFile(model) };
}

/**
 * Checks the fields of a request.
 *
 * @param nameOf how the user knows a field, such as `--learning-rate`, for the message
 * @throws Misuse naming the field and what it has to be
 */
export function parseRequest(
  fields: Record<string, unknown>,
  nameOf: (field: string) => string,
): TrainingRequest {
  const present = withPresentNames(fields) as Record<string, unknown>;
  const request = parseFields(requestSchema, present, nameOf, ['equations']);
  if (request.hidden !== undefined && request.parameters !== undefined)
    throw new Misuse(`${nameOf('hidden')} and ${nameOf('parameters')} say the same: give one of them`);
  if (request.scheduleEpochs !== undefined && request.schedule === 'constant')
    throw new Misuse(`${nameOf('scheduleEpochs')} goes with a linear schedule, and this one is constant`);
  return request;
}

/** As `parseRequest`, of the two fields that say when a run ends; either may be left out. */
export function parseStoppingRule(
  fields: { epochs?: unknown; patience?: unknown },
  nameOf: (field: string) => string,
): { epochs?: number; patience?: number } {
  const { epochs, patience } = requestSchema.shape;
  const schema = z.strictObject({ epochs, patience: patience.unwrap().optional() });
  return parseFields(schema, fields, nameOf);
}

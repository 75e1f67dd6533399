import { z } from 'zod';
import { BadFile, Misuse } from '../platform/failure.js';
import { printable } from '../platform/printable.js';
import type { TensorFile } from './encode-safetensors.js';
import type { Unit } from './graph/define-unit.js';
import { type UnitData, unitData, unitDataSchema } from './graph/unit-data.js';
import { type Model, modelMetadata, namedTensors } from './model-tensors.js';
import { sizeSchema } from './outputs/output-layer.js';
import { type Output, outputSchema } from './outputs/registry.js';
import { recordedUnit } from './recorded-unit.js';
import { readSafetensors, writeSafetensors } from './safetensors.js';
import { type ModelSpec, parameterCount, parameterSlices } from './spec.js';
import { UNIT_NAMES, unitNamed } from './units/registry.js';

/** JSON of a unit's data. */
const unitText = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue('is no JSON');
      return z.NEVER;
    }
  })
  .pipe(unitDataSchema);

/** Files of earlier versions have no `unit`; theirs is the one that is called so. */
const specSchema = outputSchema.and(
  z.object({ cell: z.string(), unit: unitText.optional(), units: sizeSchema, inputSize: sizeSchema }),
);

/** The metadata that says which model the tensors belong to. */
export function specMetadata(spec: ModelSpec): Record<string, string> {
  return modelMetadata(spec, unitData(spec.unit));
}

export function writeModel(path: string, model: Model, metadata: Record<string, string> = {}): void {
  writeSafetensors(path, {
    metadata: { ...specMetadata(model.spec), ...metadata },
    tensors: namedTensors(model),
  });
}

/** @throws BadFile when the metadata names no known model or a tensor is missing, additional or misshapen */
export function readModel(path: string): Model {
  return modelOf(readSafetensors(path), path);
}

export function modelOf({ metadata, tensors }: TensorFile, path: string): Model {
  const spec = readSpec(metadata, path);
  const slices = parameterSlices(spec);
  const known = new Set(slices.map(({ name }) => name));
  const unknown = Object.keys(tensors).find((name) => !known.has(name));
  if (unknown !== undefined) throw new BadFile(path, unknown, `not a parameter of a ${spec.unit.name} model`);
  for (const { name, shape } of slices) {
    const tensor = tensors[name];
    if (tensor === undefined) throw new BadFile(path, name, `missing; a ${spec.unit.name} model needs it`);
    if (tensor.shape.join() !== shape.join())
      throw new BadFile(path, name, `has shape [${tensor.shape}], the metadata asks for [${shape}]`);
  }
  const parameters = new Float32Array(parameterCount(spec));
  for (const { name, offset } of slices) parameters.set(tensors[name].values, offset);
  return { spec, parameters };
}

function readSpec(metadata: Readonly<Record<string, string>>, path: string): ModelSpec {
  const parsed = specSchema.safeParse(metadata);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = issue.path.join('.') || 'output';
    throw new BadFile(path, `metadata, ${field}`, `${issue.message} (is this a gru-bench model?)`);
  }
  const { cell, unit, units, inputSize, output: kind, ...sizes } = parsed.data;
  const output = { kind, ...sizes } as Output;
  return { unit: unitOf(cell, unit, path), hiddenSize: units, inputSize, output };
}

/** @throws BadFile where there is no such unit, or one of that name with other equations */
function unitOf(name: string, data: UnitData | undefined, path: string): Unit {
  if (data === undefined && !UNIT_NAMES.includes(name))
    throw new BadFile(
      path,
      'metadata, cell',
      `there is no unit ${printable(name)}, and the file holds no equations`,
    );
  if (data !== undefined && data.name !== name)
    throw new BadFile(path, 'metadata, unit', `is ${printable(data.name)}, cell ${printable(name)}`);
  try {
    return data === undefined ? unitNamed(name) : recordedUnit(data);
  } catch (error) {
    if (error instanceof Misuse) throw new BadFile(path, 'metadata, unit', error.message);
    throw error;
  }
}

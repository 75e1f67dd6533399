import type { NamedTensor } from './encode-safetensors.js';
import type { UnitData } from './graph/unit-data.js';
import { type ModelSpec, parameterSlices } from './spec.js';

/** A model as a safetensors file holds it: its spec as metadata, its parameters under their names. */
export interface Model {
  readonly spec: ModelSpec;
  /** The flat parameter vector. */
  readonly parameters: Float32Array;
}

/** The metadata that says which model the tensors belong to. @param data of the spec's unit */
export function modelMetadata(
  { unit, hiddenSize, inputSize, output }: ModelSpec,
  data: UnitData,
): Record<string, string> {
  const { kind, ...sizes } = output;
  return {
    cell: unit.name,
    unit: JSON.stringify(data),
    units: String(hiddenSize),
    inputSize: String(inputSize),
    output: kind,
    ...Object.fromEntries(Object.entries(sizes).map(([name, size]) => [name, String(size)])),
  };
}

/** The flat vector's slices as named tensors, without a copy. */
export function namedTensors({ spec, parameters }: Model): Record<string, NamedTensor> {
  return Object.fromEntries(
    parameterSlices(spec).map(({ name, shape, offset, size }) => [
      name,
      { shape, values: parameters.subarray(offset, offset + size) },
    ]),
  );
}

/** A tensor of float32 as the file has it: row-major. */
export interface NamedTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export interface TensorFile {
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: Readonly<Record<string, NamedTensor>>;
}

/** The entry of the header that is no tensor. */
export const METADATA = '__metadata__';
export const BYTES_PER_FLOAT = 4;

/**
 * The bytes of a safetensors file: eight bytes of header length (little-endian), the header as JSON, padded
 * with spaces to a multiple of eight, then the tensors' bytes without gaps (format of huggingface/safetensors).
 */
export function encodeSafetensors({ metadata, tensors }: TensorFile): Uint8Array {
  let end = 0;
  const header: Record<string, unknown> = { [METADATA]: metadata };
  for (const [name, { shape, values }] of Object.entries(tensors)) {
    const start = end;
    end += values.length * BYTES_PER_FLOAT;
    header[name] = { dtype: 'F32', shape, data_offsets: [start, end] };
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const begin = 8 + Math.ceil(json.length / 8) * 8;
  const file = new Uint8Array(begin + end);
  const view = new DataView(file.buffer);
  view.setBigUint64(0, BigInt(begin - 8), true);
  file.set(json, 8);
  file.fill(' '.charCodeAt(0), 8 + json.length, begin);
  let offset = begin;
  for (const { values } of Object.values(tensors))
    for (const value of values) {
      view.setFloat32(offset, value, true);
      offset += BYTES_PER_FLOAT;
    }
  return file;
}

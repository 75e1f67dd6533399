import { z } from 'zod';
import { BadFile } from '../platform/failure.js';
import { readBounded } from '../platform/read-file.js';
import { writeWholeFile } from '../platform/whole-file.js';
import {
  BYTES_PER_FLOAT,
  encodeSafetensors,
  METADATA,
  type NamedTensor,
  type TensorFile,
} from './encode-safetensors.js';

/** Bytes; the paper's largest model has a megabyte, its state three. */
const LARGEST_FILE = 1024 * 1024 * 1024;
/** Largest header that the reference implementation accepts. */
const LARGEST_HEADER = 100_000_000;

const headerSchema = z.record(z.string(), z.unknown());
const metadataSchema = z.record(z.string(), z.string());
const tensorSchema = z.object({
  dtype: z.string(),
  shape: z.array(z.int().nonnegative()),
  data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
});

/**
 * Reads a safetensors file of float32 tensors.
 *
 * @param path names the file in errors
 * @throws BadFile when the header or an offset is not what the format says (the tensors have to cover the bytes
 *   behind the header, each once), or a tensor is not float32
 */
export function decodeSafetensors(file: Buffer, path: string): TensorFile {
  const headerLength = readHeaderLength(file, path);
  const header = readHeader(file.subarray(8, 8 + headerLength), path);
  const data = file.subarray(8 + headerLength);
  const { [METADATA]: rawMetadata = {}, ...entries } = header;
  const metadata = metadataSchema.safeParse(rawMetadata);
  if (!metadata.success) throw new BadFile(path, `header, ${METADATA}`, 'not a map of strings');
  const placed = Object.entries(entries).map(([name, entry]) => readEntry(name, entry, data.length, path));
  checkCover(placed, data.length, path);
  const tensors: Record<string, NamedTensor> = Object.create(null);
  for (const entry of placed) tensors[entry.name] = readTensor(entry, data);
  return { metadata: metadata.data, tensors };
}

function readHeaderLength(file: Buffer, path: string): number {
  if (file.length < 8) throw new BadFile(path, 'byte 0', 'too short for a safetensors file');
  const length = Number(file.readBigUInt64LE(0));
  if (length > Math.min(LARGEST_HEADER, file.length - 8))
    throw new BadFile(path, 'byte 0', `the header is said to have ${length} bytes, more than the file holds`);
  return length;
}

function readHeader(bytes: Buffer, path: string): Record<string, unknown> {
  try {
    return headerSchema.parse(JSON.parse(bytes.toString('utf8')));
  } catch {
    throw new BadFile(path, 'byte 8', 'the header is not a JSON object');
  }
}

/** What the header says of a tensor; bytes count from the header's end. */
interface Entry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly start: number;
  readonly end: number;
}

function readEntry(name: string, entry: unknown, dataLength: number, path: string): Entry {
  const where = `header, ${name}`;
  const parsed = tensorSchema.safeParse(entry);
  if (!parsed.success) throw new BadFile(path, where, 'needs dtype, shape and data_offsets');
  const {
    dtype,
    shape,
    data_offsets: [start, end],
  } = parsed.data;
  if (dtype !== 'F32') throw new BadFile(path, where, `is ${dtype}; only F32 is supported`);
  if (end > dataLength || end - start !== sizeOf(shape) * BYTES_PER_FLOAT)
    throw new BadFile(path, where, `data_offsets ${start} to ${end} do not fit shape [${shape}] or the file`);
  return { name, shape, start, end };
}

const sizeOf = (shape: readonly number[]) => shape.reduce((product, length) => product * length, 1);

function readTensor({ shape, start }: Entry, data: Buffer): NamedTensor {
  const values = new Float32Array(sizeOf(shape));
  for (let i = 0; i < values.length; i++) values[i] = data.readFloatLE(start + i * BYTES_PER_FLOAT);
  return { shape, values };
}

/** Holds the tensors to the format: one begins where another ends, the first at byte 0, and the last ends the file. */
function checkCover(entries: readonly Entry[], dataLength: number, path: string): void {
  let covered = 0;
  const inOrder = [...entries].sort((a, b) => a.start - b.start || a.end - b.end);
  for (const { name, start, end } of inOrder) {
    const where = `header, ${name}`;
    if (start < covered) throw new BadFile(path, where, `begins at byte ${start}, inside another tensor`);
    if (start > covered)
      throw new BadFile(path, where, `comes after ${start - covered} bytes that belong to no tensor`);
    covered = end;
  }
  if (covered !== dataLength)
    throw new BadFile(
      path,
      'end',
      `the tensors have ${covered} bytes, the file holds ${dataLength} for them`,
    );
}

/** @throws Failure when the file cannot be read, BadFile when its content is wrong */
export function readSafetensors(path: string): TensorFile {
  return decodeSafetensors(readBounded(path, LARGEST_FILE), path);
}

export function writeSafetensors(path: string, file: TensorFile): void {
  writeWholeFile(path, encodeSafetensors(file));
}

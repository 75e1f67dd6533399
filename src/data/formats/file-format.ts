import type { SizeLimit } from '../../platform/read-file.js';

/** A format of files that data come in. */
export interface FileFormat<Content> {
  /** How names of its files end, in small letters; a file that is written has the first. */
  readonly extensions: readonly string[];
  readonly limit: number | SizeLimit;
  /** What its files begin with, as latin1: names lie. */
  readonly mark?: RegExp;
  /** What a file of it is, where one alone is no data set. */
  readonly what?: string;
  /**
   * @param bytes the whole file
   * @param file its name for messages
   * @throws BadFile where it is damaged, or of another format
   */
  read(bytes: Uint8Array, file: string): Content;
  /** A file from which the same is read. */
  write?(...content: never[]): Uint8Array;
}

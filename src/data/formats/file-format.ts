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

/** A format as far as names of files tell it. */
export type NamedFormat = Pick<FileFormat<unknown>, 'extensions'>;

/** The format of a file by the ending of its name, in any case of letters; none where it is of none of those given. */
export function formatOf<F extends NamedFormat>(formats: readonly F[], path: string): F | undefined {
  const [, ending = ''] = /[^/\\](\.[^./\\]*)$/.exec(path) ?? [];
  return formats.find(({ extensions }) => extensions.includes(ending.toLowerCase()));
}

/** The endings of names, such as `.mid, .midi or .wav`. */
export function endingsOf(formats: readonly NamedFormat[]): string {
  const endings = formats.flatMap(({ extensions }) => extensions);
  return endings.join(', ').replace(/, ([^,]*)$/, ' or $1');
}

import { printable } from './printable.js';

/**
 * A run, a check or a file that failed: the command line prints `message` as its one line and exits
 * with code 1. The message says what is wrong, where, and what to do.
 */
export class Failure extends Error {
  readonly exitCode: 1 | 2 = 1;
  override readonly name: string = 'Failure';

  /** @param message may quote what a file or a user says: it becomes one line that no terminal obeys */
  constructor(message: string) {
    super(printable(message));
  }
}

/** A request that makes no sense (an unknown name, a flag out of range): one line, exit code 2. */
export class Misuse extends Failure {
  override readonly exitCode = 2;
  override readonly name = 'Misuse';
}

/** A file that the system does not let us read, or that is longer than any good one of its kind. */
export class UnreadableFile extends Failure {
  override readonly name = 'UnreadableFile';

  /** @param file path of the file, which the message names */
  constructor(
    readonly file: string,
    message: string,
  ) {
    super(message);
  }
}

/** A file whose content breaks its format. */
export class BadFile extends Failure {
  override readonly name = 'BadFile';

  /**
   * @param file path of the file
   * @param where byte offset or field, such as `byte 14` or `track 2, event 17`
   * @param what what is wrong there
   */
  constructor(
    readonly file: string,
    readonly where: string,
    readonly what: string,
  ) {
    super(`${file}: ${where}: ${what}`);
  }
}

/** What is wrong with a file, where the file is named already. */
export function reasonOf(error: Failure): string {
  return error instanceof BadFile ? `${error.where}: ${error.what}` : error.message;
}

/**
 * Does what a file asked for, and tells of a failure where the file did.
 *
 * @param place such as `my.yaml, line 3: dataset`; none where no file asked for it
 */
export async function askedForAt<T>(place: string | undefined, act: () => T | Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof Failure) || place === undefined) throw error;
    const message = `${place}: ${error.message}`;
    throw error instanceof Misuse ? new Misuse(message) : new Failure(message);
  }
}

import { BadFile, Failure, UnreadableFile } from '../../platform/failure.js';
import { isBelow } from '../../platform/folders.js';
import type { Fault, Tally } from './held.js';
import { nameIn } from './published.js';

/** What reading gives; where it fails, the failure is a fault of the file. */
export function orFault<T>(tally: Tally, file: string, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    tally.fault(file, error.message);
    return undefined;
  }
}

/** A failure of reading, as a fault of the file that it is about. @param otherwise the file where it names none */
export function faultOf(folder: string, error: Failure, otherwise: string): Fault {
  const isOfFile = error instanceof BadFile || error instanceof UnreadableFile;
  if (!isOfFile || !isBelow(error.file, folder)) return { file: otherwise, text: error.message };
  const text = error instanceof BadFile ? `${error.where}: ${error.what}` : error.message;
  return { file: nameIn({ folder }, error.file), text };
}

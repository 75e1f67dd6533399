import { extname } from 'node:path';
import type { FileFormat } from './file-format.js';
import { midi } from './midi.js';
import { wav } from './wav.js';

export { jsonRolls } from './json-rolls.js';
export { mat } from './mat.js';
export { midi, wav };

/** What folders hold: of music a file is a piece, of speech a recording. */
export const MUSIC_FORMATS = [midi];
export const SPEECH_FORMATS = [wav];

export type Named = Pick<FileFormat<unknown>, 'extensions'>;

/** The format of a file by the ending of its name, in any case of letters; none where it is of none of those given. */
export function formatOf<F extends Named>(formats: readonly F[], path: string): F | undefined {
  return formats.find(({ extensions }) => extensions.includes(extname(path).toLowerCase()));
}

/** The endings of names, such as `.mid, .midi or .wav`. */
export function endingsOf(formats: readonly Named[]): string {
  const endings = formats.flatMap(({ extensions }) => extensions);
  return endings.join(', ').replace(/, ([^,]*)$/, ' or $1');
}

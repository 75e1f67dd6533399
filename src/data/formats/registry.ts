import { midi } from './midi.js';
import { wav } from './wav.js';

export { jsonRolls } from './json-rolls.js';
export { mat } from './mat.js';
export { midi, wav };

/** What folders hold: of music a file is a piece, of speech a recording. */
export const MUSIC_FORMATS = [midi];
export const SPEECH_FORMATS = [wav];

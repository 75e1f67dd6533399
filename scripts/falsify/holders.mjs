/** @typedef {typeof import('../../dist/report/check/files.js')} Files */
/** @typedef {typeof import('../../dist/report/check/held.js')} HeldThings */

/**
 * A check that does not hold.
 *
 * @typedef {object} Holder
 * @property {string} title
 * @property {boolean} isChecksum
 * @property {readonly string[]} files that it names
 * @property {readonly { file: string, text: string }[]} faults
 */

const built = (/** @type {string} */ path) =>
  new URL(`../../dist/report/check/${path}`, import.meta.url).href;
const { checkFiles } = /** @type {Files} */ (await import(built('files.js')));
const { titleOf, checkVerdictOf } = /** @type {HeldThings} */ (await import(built('held.js')));

/**
 * The checks of an experiment's files that do not hold.
 *
 * @param {string} folder
 * @returns {Promise<Holder[]>}
 */
export async function holdersOf(folder) {
  const wrong = (await checkFiles(folder)).filter((held) => checkVerdictOf(held) !== 'holds');
  return wrong.map((held) => ({
    title: titleOf(held),
    isChecksum: held.check === 'as written',
    files: [held.file, ...held.faults.map(({ file }) => file)],
    faults: held.faults,
  }));
}

/**
 * Whether a falsified file is named, its line too where it has lines, and by more than its checksum where there is more.
 *
 * @param {import('./falsifications.mjs').Falsification} falsification
 * @param {Buffer} before
 * @param {readonly Holder[]} holders
 */
export function isHeld({ file, alter, byChecksum, atNoLine }, before, holders) {
  if (!holders.some(({ files }) => files.includes(file))) return false;
  if (byChecksum) return true;
  const independent = holders.filter(({ isChecksum }) => !isChecksum);
  if (atNoLine || !/\.(csv|md)$/.test(file)) return independent.length > 0;
  const line = `line ${firstOtherLine(before, alter(before))}`;
  const [own, other] = [new RegExp(`^${line}\\b`), new RegExp(`\\b${file}, ${line}\\b`)];
  const faults = independent.flatMap((holder) => holder.faults);
  return faults.some(({ file: named, text }) => (named === file && own.test(text)) || other.test(text));
}

/** @param {Buffer} before @param {Buffer} after @returns {number} from 1 */
function firstOtherLine(before, after) {
  const [a, b] = [before, after].map((bytes) => bytes.toString('utf8').split('\n'));
  return a.findIndex((line, i) => line !== b[i]) + 1;
}

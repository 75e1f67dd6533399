/** @typedef {typeof import('../../src/report/check/files.js')} Files */
/** @typedef {typeof import('../../src/report/check/held.js')} HeldThings */

/**
 * A check that does not hold.
 *
 * @typedef {object} Holder
 * @property {string} title
 * @property {boolean} isChecksum
 * @property {readonly string[]} files that it names
 */

const built = (/** @type {string} */ path) =>
  new URL(`../../dist/report/check/${path}`, import.meta.url).href;
const { checkFiles } = /** @type {Files} */ (await import(built('files.js')));
const { titleOf, verdictOf } = /** @type {HeldThings} */ (await import(built('held.js')));

/**
 * The checks of an experiment's files that do not hold.
 *
 * @param {string} folder
 * @returns {Promise<Holder[]>}
 */
export async function holdersOf(folder) {
  const wrong = (await checkFiles(folder)).filter((held) => verdictOf(held) !== 'holds');
  return wrong.map((held) => ({
    title: titleOf(held),
    isChecksum: held.check === 'as written',
    files: [held.file, ...held.faults.map(({ file }) => file)],
  }));
}

import { plural } from '../../platform/format-number.js';
import type { Rule } from '../averaging.js';
import { type CellFindings, nllOf } from '../findings.js';
import type { Place } from '../places.js';
import { formatEstimate, listText } from '../text.js';
import type { UnitTitle } from '../unit-title.js';
import type { UnitComparison } from './comparison.js';

/** Units of which every pair is named; of more, what the leading one is better than. */
const ALL_PAIRS = 4;
/** Units that a sentence lists by name. */
const NAMED = 5;

/**
 * What there is to say of a data set in a sentence: by the average per frame, which also decides training, and where
 * the other average says something else of a pair, that too.
 *
 * @param places of the finished units by the mean test NLL per frame, the first one first
 * @param unitTitle how the sentence calls each
 * @param baseline that each other is compared with, if there is one
 */
export function sentenceOf(
  comparisons: Readonly<Record<Rule, readonly UnitComparison[]>>,
  places: readonly Place[],
  unitTitle: UnitTitle,
  baseline?: string,
): string {
  const own = comparisons['per frame'];
  if (places.length < 2) return 'Nothing to compare: fewer than two units are finished.';
  if (own.length === 0)
    return `Nothing to compare: ${unitTitle(baseline ?? '')}, with which each other unit is compared, is not finished.`;
  const parts = tooFewOfAll(own, places, unitTitle) ?? partsOf(own, places, unitTitle, baseline);
  return [...parts, ...otherAverage(comparisons, unitTitle)].map((text) => `${text}.`).join(' ');
}

function partsOf(
  all: readonly UnitComparison[],
  places: readonly Place[],
  unitTitle: UnitTitle,
  baseline: string | undefined,
): string[] {
  if (baseline !== undefined && all.length > 1) return baselineText(all, places, unitTitle, baseline);
  const units = places.map(({ unit }) => unit);
  return units.length > ALL_PAIRS ? leaderText(all, places, unitTitle) : pairsText(all, units, unitTitle);
}

/** `GRU has the lowest mean test NLL`, and among which units it has, where runs failed. */
function lowestText(places: readonly Place[], unitTitle: UnitTitle): string {
  const [{ unit, failed }] = places;
  const among = failed === 0 ? 'without a failed run' : 'with the fewest failed runs';
  const lead = places.some((one) => one.failed !== failed) ? `Of the units ${among} ` : '';
  return `${lead}${unitTitle(unit)} has the lowest mean test NLL`;
}

function tooFewOfAll(
  all: readonly UnitComparison[],
  places: readonly Place[],
  unitTitle: UnitTitle,
): string[] | undefined {
  if (!all.every(({ word }) => word === 'too few to say')) return undefined;
  const reasons = [...new Set(all.map(({ tooFew }) => tooFew ?? ''))];
  return [`Too few to say: ${listText(reasons)}`, lowestText(places, unitTitle)];
}

/** Every pair: what each unit is better than, which are not distinguishable, which too few. */
function pairsText(all: readonly UnitComparison[], units: readonly string[], unitTitle: UnitTitle): string[] {
  const better = units.flatMap((unit) => {
    const beaten = all
      .filter((one) => one.better === unit)
      .map(({ units: pair, test }) => {
        const other = pair[0] === unit ? pair[1] : pair[0];
        return { other, text: `${unitTitle(other)} (by ${sizeText(test)})` };
      })
      .sort((a, b) => units.indexOf(a.other) - units.indexOf(b.other));
    return beaten.length > 0
      ? [`${unitTitle(unit)} is better than ${listText(beaten.map(({ text }) => text))}`]
      : [];
  });
  return [
    ...better,
    ...together(all, units, 'not distinguishable', unitTitle).map(
      (names) => `${names} are not distinguishable`,
    ),
    ...together(all, units, 'too few to say', unitTitle).map((names) => `Too few to say of ${names}`),
  ];
}

/** All units in one list where every pair of them has the word, else pair by pair. */
function together(
  all: readonly UnitComparison[],
  units: readonly string[],
  word: UnitComparison['word'],
  unitTitle: UnitTitle,
): string[] {
  const own = all.filter((one) => one.word === word);
  const inOrder = (names: readonly string[]) =>
    listText(units.filter((unit) => names.includes(unit)).map(unitTitle));
  if (own.length === all.length && all.length > 1) return [inOrder(units)];
  return own.map(({ units: pair }) => inOrder(pair));
}

/** What the unit with the lowest mean is better than. */
function leaderText(
  all: readonly UnitComparison[],
  places: readonly Place[],
  unitTitle: UnitTitle,
): string[] {
  const [{ unit: leader }] = places;
  const own = all.filter(({ units }) => units.includes(leader));
  const others = (is: (one: UnitComparison) => boolean) =>
    own.filter(is).map(({ units }) => unitTitle(units[0] === leader ? units[1] : units[0]));
  const named = (names: readonly string[]) =>
    names.length > NAMED ? `${names.length} of ${own.length} others` : listText(names);
  const [beaten, near, few] = [
    others(({ better }) => better === leader),
    others(({ word }) => word === 'not distinguishable'),
    others(({ word }) => word === 'too few to say'),
  ];
  const beats = beaten.length === own.length ? `all ${own.length} others` : named(beaten);
  return [
    lowestText(places, unitTitle),
    ...(beaten.length > 0 ? [`It is better than ${beats}`] : []),
    ...(near.length > 0 ? [`It is not distinguishable from ${named(near)}`] : []),
    ...(few.length > 0 ? [`Too few to say of ${named(few)}`] : []),
  ];
}

/** What is better than the baseline, what worse, and what cannot be told from it. */
function baselineText(
  all: readonly UnitComparison[],
  places: readonly Place[],
  unitTitle: UnitTitle,
  baseline: string,
): string[] {
  const others = places.flatMap(({ unit }) => all.find((one) => one.units[0] === unit) ?? []);
  const titles = (those: readonly UnitComparison[]) =>
    listText(those.map(({ units: [unit] }) => unitTitle(unit)));
  const by = (those: readonly UnitComparison[]) =>
    listText(those.map(({ units: [unit], test }) => `${unitTitle(unit)} (by ${sizeText(test)})`));
  const areOf = ({ length }: readonly unknown[]) => (length === 1 ? 'is' : 'are');
  const better = others.filter((one) => one.better !== undefined && one.better !== baseline);
  const worse = others.filter((one) => one.better === baseline);
  const [near, few] = (['not distinguishable', 'too few to say'] as const).map((word) =>
    others.filter((one) => one.word === word),
  );
  const than = unitTitle(baseline);
  const fewText = few.length > 0 ? [`Too few to say of ${titles(few)}`] : [];
  // Where neither is said, that none is better would read as if the baseline were the best.
  if (better.length === 0 && worse.length === 0)
    return [`${than} is not distinguishable from ${titles(near)}`, ...fewText, lowestText(places, unitTitle)];
  return [
    better.length > 0
      ? `${by(better)} ${areOf(better)} better than ${than}`
      : `No unit is better than ${than}`,
    ...(worse.length > 0 ? [`${by(worse)} ${areOf(worse)} worse`] : []),
    ...(near.length > 0 ? [`${titles(near)} ${areOf(near)} not distinguishable from it`] : []),
    ...fewText,
  ];
}

/** How far two units lie apart, whichever is ahead: 0.184 ± 0.025 */
const sizeText = (test: UnitComparison['test']) => formatEstimate({ ...test, mean: Math.abs(test.mean) });

/** Which units failed, and on how many of their seeds: what is said of these is of the others. */
export function failuresOf(cells: readonly CellFindings[], unitTitle: UnitTitle): string[] {
  const parts = cells.flatMap(({ unit, reported }) => {
    const failed = reported.filter((row) => nllOf(row, 'test_nll') === undefined).length;
    return failed === 0 ? [] : [`${unitTitle(unit)} on ${failed} of ${plural(reported.length, 'seed')}`];
  });
  return parts.length === 0 ? [] : [`Without a finite test NLL: ${listText(parts)}.`];
}

/** Pairs of which the average per sequence says another word. */
function otherAverage(
  comparisons: Readonly<Record<Rule, readonly UnitComparison[]>>,
  unitTitle: UnitTitle,
): string[] {
  const [own, other] = [comparisons['per frame'], comparisons['per sequence']];
  const differing = other.filter(({ units, word, better }) => {
    const same = own.find((one) => one.units.join() === units.join());
    return same?.word !== word || same?.better !== better;
  });
  if (differing.length === 0) return [];
  if (differing.length > NAMED) return [`Per sequence, ${differing.length} pairs come out otherwise`];
  const texts = differing.map(({ units: [a, b], word, better }) => {
    if (word === 'too few to say') return `there is too little to say of ${unitTitle(a)} and ${unitTitle(b)}`;
    if (better === undefined) return `${unitTitle(a)} and ${unitTitle(b)} are not distinguishable`;
    return `${unitTitle(better)} is better than ${unitTitle(better === a ? b : a)}`;
  });
  return [`Per sequence, ${listText(texts)}`];
}

import junit, { type Builder } from 'junit-report-builder';
import { countOf } from '../platform/format-number.js';
import { offencesOf } from '../report/check/consequences.js';
import {
  type CheckVerdict,
  type Comparison,
  checkVerdictOf,
  type Held,
  titleOf,
} from '../report/check/held.js';
import { consequencesText, unmadeByReason } from '../report/check/offences.js';
import { colouredVerdict, heading } from './colour.js';
import { formatTable } from './text.js';

/** Faults of a check that the terminal shows; `--json` and `--junit` have them all. */
const SHOWN = 10;

/** What was held, as lines for the terminal: the files, the models, what is wrong, how much holds. */
export function checkText(all: readonly Held[]): string[] {
  const models = all.filter(({ comparisons }) => comparisons.length > 0);
  const others = all.filter(({ comparisons }) => comparisons.length === 0);
  const count = (verdict: CheckVerdict) => all.filter((held) => checkVerdictOf(held) === verdict).length;
  return [
    ...fileTable(others),
    '',
    ...(models.length > 0 ? [...modelTable(models), ''] : []),
    ...offenceLines(all),
    ...unmadeLines(all),
    ...all.flatMap(({ note }) => (note === undefined ? [] : [...note.split('\n'), ''])),
    `${count('holds')} of ${all.length} checks hold, ${countOf(all.reduce((sum, { numbers }) => sum + numbers, 0))} numbers; ${count('not checked')} could not be made.`,
  ];
}

function fileTable(all: readonly Held[]): string[] {
  const rows = all.map((held) => {
    const { file, check, dataset, unit, seed, numbers } = held;
    const what = [dataset, unit, seed === undefined ? '' : `seed ${seed}`].filter(Boolean).join(' ');
    return [
      what === '' ? file : `${file}, ${what}`,
      check,
      countOf(numbers),
      colouredVerdict(checkVerdictOf(held)),
    ];
  });
  return formatTable([['file', 'held to', 'numbers', ''].map((title) => heading(title)), ...rows]);
}

const differenceOf = ({ reported, found }: Comparison) => Math.abs(found - reported);

/** The comparison that is furthest off. */
function worst({ comparisons }: Held): Comparison {
  return comparisons.reduce((a, b) =>
    differenceOf(b) > differenceOf(a) || Number.isNaN(differenceOf(b)) ? b : a,
  );
}

function modelTable(all: readonly Held[]): string[] {
  const rows = all.map((held) => {
    const comparison = worst(held);
    const { average, reported, tolerance } = comparison;
    return [
      held.dataset ?? '',
      held.unit ?? '',
      held.seed === undefined ? held.check : `${held.check}, seed ${held.seed}`,
      average,
      reported.toFixed(6),
      differenceOf(comparison).toExponential(1),
      tolerance === 0 ? 'same digits' : tolerance.toExponential(0),
      colouredVerdict(checkVerdictOf(held)),
    ];
  });
  const titles = ['data set', 'unit', 'check', 'furthest off', 'reported', 'difference', 'allowed', ''];
  return formatTable([titles.map((title) => heading(title)), ...rows]);
}

/** What is wrong, check by check, and what follows from it. */
function offenceLines(all: readonly Held[]): string[] {
  const found = offencesOf(all);
  const following = consequencesText(found);
  return [
    ...found.causes.flatMap(faultLines),
    ...(following === '' ? [] : [`${following[0].toUpperCase()}${following.slice(1)}.`, '']),
  ];
}

/** What could not be checked, a line a reason. */
function unmadeLines(all: readonly Held[]): string[] {
  const lines = unmadeByReason(all).map(({ what, reason }) => `  ${what}: ${reason}`);
  return lines.length === 0 ? [] : ['Not checked:', ...lines, ''];
}

function faultLines(held: Held): string[] {
  const { faults } = held;
  const shown = faults.slice(0, SHOWN).map(({ file, text }) => `  ${file}: ${text}`);
  const others = faults.length > SHOWN ? [`  and ${faults.length - SHOWN} more`] : [];
  return [`${titleOf(held)} does not hold:`, ...shown, ...others, ''];
}

/** What was held as JUnit XML, a test case each. */
export function junitOf(all: readonly Held[]): string {
  // Its types name the module where Node hands out the default export.
  const builder = (junit as unknown as Builder).newBuilder();
  const suite = builder.testSuite().name('gru-bench check');
  for (const held of all) {
    const { dataset, unit, seed, file, check, faults, unchecked } = held;
    const test = suite
      .testCase()
      .className(dataset === undefined ? file : [dataset, unit].filter(Boolean).join('.'))
      .name(seed === undefined ? check : `${check}, seed ${seed}`);
    if (checkVerdictOf(held) === 'not checked') test.standardOutput(unchecked ?? '').skipped();
    if (faults.length > 0) test.failure(faults.map((fault) => `${fault.file}: ${fault.text}`).join('\n'));
  }
  return builder.build();
}

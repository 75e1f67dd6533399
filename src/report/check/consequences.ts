import { pathsOf } from '../../experiment/published.js';
import type { Fault, Held } from './held.js';

/** What does not hold, told apart. */
export interface Offences {
  /** Checks whose faults follow from no others, with these alone. */
  readonly causes: readonly Held[];
  /** Faults of files that hang on others, which are wrong or not as they were written. */
  readonly consequences: readonly Fault[];
  /** These others. */
  readonly sources: readonly string[];
}

/** Files that tables, pages and figures are made from. */
const isSource = pathsOf(['results', 'experiment', 'sequenceNlls', 'reevaluation'], ['curves']);

/**
 * Tells the causes from what follows: one wrong digit of results.csv is wrong in every file that is made from it. Where
 * checksums say which files were changed, a fault of a file that was not follows; else a fault of a file that is made
 * from others does where these have faults themselves.
 */
export function offencesOf(all: readonly Held[]): Offences {
  const wrong = all.filter(({ faults }) => faults.length > 0);
  const changed = filesOf(wrong.filter(({ check }) => check === 'as written'));
  const isByChecksum = changed.some(isSource);
  const independent = wrong.filter(({ check }) => check !== 'made again' && check !== 'as written');
  const named = isByChecksum ? changed : filesOf(independent);
  const sources = named.filter(isSource);
  const follows = (held: Held, fault: Fault) => {
    if (sources.length === 0 || named.includes(fault.file)) return false;
    // Such as a copy of a changed file, which tells the line.
    if (changed.some((file) => fault.text.includes(`${file}, line`))) return false;
    if (held.check === 'made again') return true;
    // What models compute says of itself whether it holds.
    return isByChecksum && held.check !== 'as written' && held.dataset === undefined;
  };
  const split = (held: Held, isFollowing: boolean) =>
    held.faults.filter((fault) => follows(held, fault) === isFollowing);
  return {
    causes: wrong
      .map((held) => ({ ...held, faults: split(held, false) }))
      .filter(({ faults }) => faults.length > 0),
    consequences: wrong.flatMap((held) => split(held, true)),
    sources,
  };
}

const filesOf = (all: readonly Held[]) => [
  ...new Set(all.flatMap(({ faults }) => faults.map(({ file }) => file))),
];

import { diffArrays } from 'diff';

/** A line that two texts do not share: as the one has it and as the other, or in one of them alone. */
export interface LineDifference {
  /** In the first text, from 1; of a line that it lacks, that of the one before which it would stand. */
  readonly line: number;
  readonly stated?: string;
  readonly made?: string;
}

/** More lines than these are not searched for what they share: they are paired as they come. */
const MOST_EDITS = 600;

/**
 * Where the lines of a text differ from those that it has to have. Lines that are there twice over or not at all move no
 * others against each other, and a line of which the numbers alone are others stands beside itself.
 */
export function lineDifferences(stated: readonly string[], made: readonly string[]): LineDifference[] {
  return runsOf(stated, made, (a, b) => a === b)
    .filter(({ isShared }) => !isShared)
    .flatMap((run) =>
      runsOf(run.stated, run.made, (a, b) => withoutNumbers(a) === withoutNumbers(b)).flatMap((part) =>
        paired({ ...part, from: run.from + part.from }),
      ),
    );
}

const withoutNumbers = (line: string) => line.replace(/\d+(\.\d+)?(e[+-]?\d+)?/g, '0');

/** Lines of both texts that stand at one place. */
interface Run {
  readonly stated: readonly string[];
  readonly made: readonly string[];
  /** Lines of the first text before it. */
  readonly from: number;
  readonly isShared: boolean;
}

function runsOf(
  stated: readonly string[],
  made: readonly string[],
  isSame: (a: string, b: string) => boolean,
): Run[] {
  const changes = diffArrays([...stated], [...made], { comparator: isSame, maxEditLength: MOST_EDITS });
  if (!changes) return [{ stated, made, from: 0, isShared: false }];
  const runs: Run[] = [];
  let [ofStated, ofMade] = [0, 0];
  for (const { added, removed, count } of changes) {
    const isShared = !added && !removed;
    const own: Run = {
      stated: added ? [] : stated.slice(ofStated, ofStated + count),
      made: removed ? [] : made.slice(ofMade, ofMade + count),
      from: ofStated,
      isShared,
    };
    ofStated += own.stated.length;
    ofMade += own.made.length;
    const last = runs.at(-1);
    // What one lacks and what the other has instead come one after the other.
    if (last && !last.isShared && !isShared) runs.splice(-1, 1, joined(last, own));
    else runs.push(own);
  }
  return runs;
}

const joined = (a: Run, b: Run): Run => ({
  ...a,
  stated: [...a.stated, ...b.stated],
  made: [...a.made, ...b.made],
});

function paired({ stated, made, from }: Run): LineDifference[] {
  return Array.from({ length: Math.max(stated.length, made.length) }, (_, i) => ({
    line: from + Math.min(i, stated.length) + 1,
    ...(i < stated.length && { stated: stated[i] }),
    ...(i < made.length && { made: made[i] }),
  }));
}

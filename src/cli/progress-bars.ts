import { MultiBar } from 'cli-progress';
import { isLive } from './colour.js';
import { columnsOf, print, wrap } from './text.js';

/** What a bar says: fields in the order in which they stand, the heaviest staying where room is short. */
export interface Field {
  readonly text: string;
  readonly weight: number;
}

export interface Bar {
  /** @param share 0 to 1 */
  update(share: number, fields: readonly Field[]): void;
  remove(): void;
}

/** Bars at the bottom of a terminal, and lines above them that stay. */
export interface ProgressBars {
  add(share: number, fields: readonly Field[]): Bar;
  print(line: string): void;
  /** Draws at once: for loops that leave no time to timers. */
  draw(): void;
  /** Clears the bars; nothing happens the second time. */
  close(): void;
}

/** Everything from the cursor on is cleared. */
const CLEAR_DOWN = '\u001b[J';

/** Bars count in so many steps. */
const STEPS = 1000;

/** Bars on a stream that is live, or nothing but their lines. */
export function progressBars(stream: NodeJS.WriteStream): ProgressBars {
  return isLive(stream) ? liveBars(stream) : linesOnly(stream);
}

function linesOnly(stream: NodeJS.WriteStream): ProgressBars {
  return {
    add: () => ({ update() {}, remove() {} }),
    print: (line) => print([line], stream),
    draw() {},
    close() {},
  };
}

/** The cursor stays as it is, and lines wrap: nothing has to be restored, however the program ends. */
function liveBars(stream: NodeJS.WriteStream): ProgressBars {
  const bars = new MultiBar({
    format: (_, { progress, maxWidth }, { fields }: { fields: readonly Field[] }) =>
      // The last column stays free: behind it, terminals differ in where the cursor is.
      barLine(progress, fields, maxWidth - 1),
    stream,
    hideCursor: false,
    linewrap: null,
    clearOnComplete: true,
    gracefulExit: false,
    emptyOnZero: true,
    // Otherwise a bar that a line was written over stays away until its text changes.
    forceRedraw: true,
  });
  return {
    add(share, fields) {
      const bar = bars.create(STEPS, STEPS * share, { fields });
      bars.update();
      return {
        update: (now, payload) => bar.update(STEPS * now, { fields: payload }),
        remove() {
          bars.remove(bar);
          bars.update();
        },
      };
    },
    print(line) {
      if (!bars.isActive) return print([line], stream);
      bars.log(`${CLEAR_DOWN}${wrap(line, columnsOf(stream)).join('\n')}\n`);
      // Otherwise the line would wait for the next redraw, and a stop before that would lose it.
      bars.update();
    },
    draw() {
      if (bars.isActive) bars.update();
    },
    close() {
      if (bars.isActive) bars.stop();
    },
  };
}

/** A bar is so long at most, and is left out rather than shorter than the least. */
const [LONGEST_BAR, SHORTEST_BAR] = [24, 6];
/** Columns that are kept for percentage and fields before the bar grows. */
const FIELDS_FIRST = 68;

/**
 * One line of at most so many columns: bar, percentage, and the fields that there is room for. The heaviest field is
 * cut where it is too long.
 */
export function barLine(share: number, fields: readonly Field[], columns: number): string {
  const length = Math.min(columns - FIELDS_FIRST, LONGEST_BAR);
  const full = Math.floor(length * Math.min(share, 1));
  const bar = length >= SHORTEST_BAR ? `${'='.repeat(full)}${'-'.repeat(length - full)} ` : '';
  const start = `${bar}${String(Math.floor(100 * Math.min(share, 1))).padStart(3)}%`;
  let left = columns - start.length;
  const kept = new Map<Field, string>();
  for (const field of fields.filter(({ text }) => text !== '').sort((a, b) => b.weight - a.weight)) {
    const room = left - SPACES.length;
    const text = kept.size === 0 ? cut(field.text, room) : field.text;
    if (text.length > room) continue;
    left = room - text.length;
    kept.set(field, text);
  }
  return [start, ...fields.flatMap((field) => kept.get(field) ?? [])].join(SPACES);
}

const SPACES = '  ';

const cut = (text: string, length: number) =>
  text.length <= length ? text : `${text.slice(0, Math.max(length - 1, 0))}…`;

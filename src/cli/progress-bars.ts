import { MultiBar, type SingleBar } from 'cli-progress';

/** Bars at the bottom of a terminal, and lines above them that stay. */
export interface ProgressBars {
  add(total: number, done: number, payload: object): SingleBar;
  remove(bar: SingleBar): void;
  print(line: string): void;
  /** Clears the bars; nothing happens the second time. */
  close(): void;
}

/** Whatever stood right of a line is cleared; a line longer than the terminal is wide goes on in the next. */
const [CLEAR_RIGHT, WRAP, DO_NOT_WRAP] = ['\u001b[K', '\u001b[?7h', '\u001b[?7l'];

/** @param format of cli-progress: `{bar}`, `{percentage}` and the fields of the payload */
export function progressBars(format: string, stream: NodeJS.WriteStream): ProgressBars {
  const bars = new MultiBar({
    format,
    stream,
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
    gracefulExit: false,
    emptyOnZero: true,
  });
  return {
    add: (total, done, payload) => bars.create(total, done, payload),
    remove: (bar) => bars.remove(bar),
    print(line) {
      if (!bars.isActive) {
        stream.write(`${line}\n`);
        return;
      }
      bars.log(`${WRAP}${line}${CLEAR_RIGHT}\n${DO_NOT_WRAP}`);
      // Otherwise the line would wait for the next redraw, and a stop before that would lose it.
      bars.update();
    },
    close() {
      if (bars.isActive) bars.stop();
    },
  };
}

import { isatty } from 'node:tty';

/*
 * What is printed may have nowhere to go: `| head` has read enough, the terminal is closed, the disk below `> log` is
 * full. No work is lost for that: what cannot be printed is dropped, and the command goes on to its own end.
 */

/** Which of the standard streams are a terminal's, while it is there. */
const TERMINALS = [0, 1, 2].filter((fd) => isatty(fd));

/** Whether the program did not print all that it was asked for, and the reader did not want it so. */
let isIncomplete = false;

/** Keeps the program alive where its output cannot be written. To be called before anything is printed. */
export function outliveOutput(): void {
  for (const [stream, listener] of [
    [process.stdout, stdoutFailed],
    [process.stderr, stderrFailed],
  ] as const)
    stream.off('error', listener).on('error', listener);
  process.off('exit', atExit).on('exit', atExit);
}

function stdoutFailed(error: NodeJS.ErrnoException): void {
  if (readerIsGone(process.stdout, error) || isIncomplete) return;
  isIncomplete = true;
  const reason = error.message.replace(/, write$/, '');
  process.stderr.write(`gru-bench: output is lost: ${reason}; what runs goes on\n`);
}

function stderrFailed(error: NodeJS.ErrnoException): void {
  if (!readerIsGone(process.stderr, error)) isIncomplete = true;
}

/** A closed pipe; `EIO` is what a terminal answers that has been closed. */
function readerIsGone({ isTTY }: NodeJS.WriteStream, { code }: NodeJS.ErrnoException): boolean {
  return code === 'EPIPE' || code === 'EOF' || code === 'ECONNRESET' || (code === 'EIO' && isTTY);
}

function atExit(code: number): void {
  // A script that keeps the output in a file has to learn that it is not whole.
  if (isIncomplete && code === 0) process.exitCode = 1;
  if (TERMINALS.every((fd) => isatty(fd))) return;
  // Node puts the terminal's modes back when it exits, and aborts where the terminal is gone.
  process.removeAllListeners('SIGHUP');
  process.kill(process.pid, 'SIGHUP');
}

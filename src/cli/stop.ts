/** Exit codes by which a shell knows what ended a program: 128 + the signal's number. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

export interface Stop {
  /** Whether Ctrl-C or SIGTERM came, or the terminal was closed. */
  requested(): boolean;
  /** The code to exit with; undefined where no signal came. */
  exitCode(): number | undefined;
  close(): void;
}

/**
 * Turns the first Ctrl-C, SIGTERM or SIGHUP into a request to finish the update and save; a second one ends at once,
 * but for SIGHUP, which a terminal that closes and its shell may both send.
 */
export function listenForStop(): Stop {
  let code: number | undefined;
  const listeners = Object.entries(SIGNALS).map(([signal, exitCode]) => {
    const listener = () => {
      if (code !== undefined && signal !== 'SIGHUP') process.exit(exitCode);
      code ??= exitCode;
    };
    process.on(signal, listener);
    return () => process.off(signal, listener);
  });
  return {
    requested: () => code !== undefined,
    exitCode: () => code,
    close: () => {
      for (const remove of listeners) remove();
    },
  };
}

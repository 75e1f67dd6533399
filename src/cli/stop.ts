/** Exit codes by which a shell knows what ended a program: 128 + the signal's number. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;

export interface Stop {
  /** Whether Ctrl-C or SIGTERM came. */
  requested(): boolean;
  /** The code to exit with; undefined where no signal came. */
  exitCode(): number | undefined;
  close(): void;
}

/** Turns the first Ctrl-C or SIGTERM into a request to finish the update and save; a second one ends at once. */
export function listenForStop(): Stop {
  let code: number | undefined;
  const listeners = Object.entries(SIGNALS).map(([signal, exitCode]) => {
    const listener = () => {
      if (code !== undefined) process.exit(exitCode);
      code = exitCode;
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

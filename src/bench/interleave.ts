import { median } from '../platform/median.js';

/** Something that is timed: each program of a workload does the same steps. */
export interface Program {
  readonly name: string;
  /** Does n steps. @returns the milliseconds of each */
  run(steps: number): Promise<number[]>;
  close(): void;
}

export interface Rounds {
  /** In each, every program runs once, so that a slow minute of the machine meets them all. */
  readonly rounds: number;
  /** Seconds that a program runs for in a round, at least one step. */
  readonly seconds: number;
}

/**
 * Runs programs in turn and closes them.
 *
 * @returns by program, the median milliseconds of a step over all rounds
 */
export async function interleave(
  programs: readonly Program[],
  { rounds, seconds }: Rounds,
  betweenRounds = () => {},
): Promise<Map<string, number>> {
  const times = new Map(programs.map((program) => [program, [] as number[]]));
  const steps = new Map<Program, number>();
  for (const program of programs) {
    const warmUp = await program.run(3);
    steps.set(program, Math.max(1, Math.round((seconds * 1000) / median(warmUp))));
  }
  for (let round = 0; round < rounds; round++) {
    for (const program of programs) times.get(program)?.push(...(await program.run(steps.get(program) ?? 1)));
    betweenRounds();
  }
  for (const { close } of programs) close();
  return new Map(programs.map((program) => [program.name, median(times.get(program) ?? [])]));
}

export function milliseconds(run: () => void): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

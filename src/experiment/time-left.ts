import type { Phases } from './plan.js';

/** What a cell still needs, and how fast it goes. */
export interface CellLeft {
  readonly phases: Phases;
  readonly secondsAnEpoch: number;
  /** Seconds before the first epoch of each trial. */
  readonly secondsATrial?: number;
}

/**
 * Seconds until all cells are trained: trials go to the first free process in the cells' order, as the executors give
 * them out, and a phase of a cell waits for the one before, so that processes may have to wait at the end.
 *
 * @param processes at least 1
 */
export function secondsLeft(cells: readonly CellLeft[], processes: number): number {
  const queues = cells.map(phaseQueue);
  const running: { end: number; queue: PhaseQueue }[] = [];
  let now = 0;
  for (;;) {
    for (const queue of queues)
      while (running.length < processes && queue.waiting.length > 0)
        running.push({ end: now + (queue.waiting.shift() as number), queue });
    if (running.length === 0) return now;
    const next = running.reduce((first, one, i) => (one.end < running[first].end ? i : first), 0);
    const [{ end, queue }] = running.splice(next, 1);
    now = end;
    if (!running.some((one) => one.queue === queue)) queue.goOn();
  }
}

interface PhaseQueue {
  /** Seconds of each trial of this phase that has not begun. */
  waiting: number[];
  /** Opens the next phase if nothing of this one waits. */
  goOn(): void;
}

function phaseQueue({ phases, secondsAnEpoch, secondsATrial = 0 }: CellLeft): PhaseQueue {
  const later = phases
    .map((phase) => phase.filter((epochs) => epochs > 0))
    .filter((phase) => phase.length > 0)
    .map((phase) => phase.map((epochs) => secondsATrial + epochs * secondsAnEpoch));
  const queue: PhaseQueue = {
    waiting: [],
    goOn() {
      if (queue.waiting.length === 0) queue.waiting = later.shift() ?? [];
    },
  };
  queue.goOn();
  return queue;
}

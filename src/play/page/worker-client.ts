import type { EpochDone, FromWorker, Progressing, RequestName, Requests, ToWorker } from '../messages.js';

/** A request that the worker refused; the message is one line for the user. */
export class Refusal extends Error {}

export interface WorkerClient {
  ask<Name extends RequestName>(name: Name, ask: Requests[Name]['ask']): Promise<Requests[Name]['answer']>;
  /** @param events told while a run trains */
  listen(events: RunEvents): void;
}

export interface RunEvents {
  onProgress(progress: Progressing): void;
  onEpoch(epoch: EpochDone): void;
}

interface Waiting {
  answer(value: never): void;
  refuse(error: Error): void;
}

/** Starts the worker from its source, as a page that is opened from the disk may load no other file. */
export function startWorker(source: string): WorkerClient {
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  const worker = new Worker(url);
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let events: RunEvents | undefined;
  worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
    if (data.kind === 'progress') events?.onProgress(data.progress);
    else if (data.kind === 'epoch') events?.onEpoch(data.epoch);
    else {
      const one = waiting.get(data.id);
      waiting.delete(data.id);
      if (data.kind === 'answer') one?.answer(data.answer as never);
      else one?.refuse(new Refusal(data.line));
    }
  };
  worker.onerror = (event) => {
    event.preventDefault();
    for (const one of waiting.values()) one.refuse(new Refusal(`the worker failed: ${event.message}`));
    waiting.clear();
  };
  return {
    listen(told) {
      events = told;
    },
    ask: (name, ask) =>
      new Promise((answer, refuse) => {
        lastId++;
        waiting.set(lastId, { answer, refuse });
        worker.postMessage({ name, id: lastId, ask } as ToWorker);
      }),
  };
}

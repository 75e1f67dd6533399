/** The page: training in a worker, its curves, and pieces to listen to. */
import type { MusicSummary } from '../messages.js';
import { readAssets } from './assets.js';
import { byId } from './dom.js';
import { Listening } from './listening.js';
import { startMusicChoice } from './music-choice.js';
import { commandLine, readFields, showSettings } from './settings.js';
import { Training } from './training.js';
import { startWorker } from './worker-client.js';

async function main(): Promise<void> {
  const assets = await readAssets();
  const worker = startWorker(assets.worker);
  /** Of the user's. */
  let own: MusicSummary | undefined;
  const listening = new Listening(worker);
  const training = new Training(worker, {
    onHeard: (run) => listening.hear(run),
    onImproved: () => listening.improved(),
  });
  worker.listen(training);
  const showCommand = () => {
    byId('command').textContent = commandLine(readFields(), assets.music.name, own);
  };
  showSettings(assets.units, () => {
    training.formChanged();
    showCommand();
  });
  byId('copy').addEventListener('click', () => void copy());
  const { path, why } = await worker.ask('start', {
    modules: assets.modules,
    units: assets.units.map(({ data }) => data),
  });
  byId('engine').textContent = ENGINES[path](why);
  await startMusicChoice(worker, assets.music, {
    onMusic(music, isOwn) {
      own = isOwn ? music : undefined;
      listening.useMusic(music);
      training.useMusic(music);
      showCommand();
    },
    onReplaced: (music) => void training.forgetMusic(music),
    onPieces: (pieces) => listening.usePieces(pieces),
  });
}

const ENGINES = {
  'wasm-fma': () =>
    'This browser computes with fused multiply-adds in WebAssembly: the NLLs are those of the command on processors with AVX2, AVX-512 or NEON, to the last digit.',
  wasm: (why: string) =>
    `This browser computes in WebAssembly without fused multiply-adds (${why}): the NLLs are those of the command with --kernels wasm, to the last digit.`,
} as const;

async function copy(): Promise<void> {
  const button = byId('copy');
  try {
    await navigator.clipboard.writeText(byId('command').textContent);
    button.textContent = 'Copied';
  } catch {
    // Not every browser lets a page write there: the line is marked instead.
    getSelection()?.selectAllChildren(byId('command'));
    button.textContent = 'Marked';
  }
  setTimeout(() => {
    button.textContent = 'Copy';
  }, 1500);
}

main().catch((error: Error) => {
  byId('training-trouble').textContent = `The page cannot train here: ${error.message}`;
});

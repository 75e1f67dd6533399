import { Command } from 'commander';
import { formatAbout } from '../platform/duration.js';
import { Misuse } from '../platform/failure.js';
import { threeDigits } from '../platform/format-number.js';
import { printable } from '../platform/printable.js';
import { shownPath } from '../platform/shown-path.js';
import type { Beginning, SampledFile, SampleFileOptions } from '../sampling/sample-file.js';
import { isLive } from './colour.js';
import { addFolderOptions } from './data-options.js';
import { type Output, parseNumber, wholeNumber } from './flags.js';
import type { Bar } from './progress-bars.js';
import { printRemarks } from './remarks.js';
import { print } from './text.js';

const EXAMPLES = `
Examples:
  gru-bench sample runs/nottingham-lstm --out piece.mid
  gru-bench sample results/quick/checkpoints/demo-music-gru.safetensors --length 400 --temperature 0.8
  gru-bench sample runs/nottingham-lstm --prime tune.mid --prime-frames 32 --seed 7
  gru-bench sample runs/speech --length 800 --out voice.wav

A music model draws two frames a crotchet; a speech model ten samples a frame, at the rate of its data. Without
--prime, a piece begins as one of the training set does, chosen by the seed.`;

type Flags = SampleFileOptions & Output;

/** `gru-bench sample`: something to listen to. */
export function sampleCommand(): Command {
  const command = new Command('sample')
    .description('Draw a piece from a trained model: a .mid from a music model, a .wav from a speech model')
    .argument('<run|file>', "a run's folder (its best parameters are taken) or a .safetensors file")
    .option(
      '--length <frames>',
      'frames to draw (default: 200 of music, 3 seconds of speech)',
      wholeNumber('--length', 1, 1_000_000),
    )
    .option('--temperature <t>', '1: as the model says; less: likely frames get likelier', parseNumber, 1)
    .option('--seed <n>', 'the same seed draws the same piece', wholeNumber('--seed', 0, 2 ** 32 - 1), 1)
    .option('--prime <file>', 'a .mid or .wav that the piece begins with')
    .option('--prime-frames <n>', 'only its first n frames', wholeNumber('--prime-frames', 1, 1_000_000))
    .option(
      '--dataset <name|folder>',
      'of a model in a file: where a piece begins, and the scale and rate of speech',
    );
  return addFolderOptions(command)
    .option('--out <file>', 'where it goes (default: sample.mid or sample.wav)')
    .option('--force', 'replace the file that is there')
    .option('--json', 'print JSON')
    .option('--quiet', 'print nothing but errors')
    .addHelpText('after', EXAMPLES)
    .action(sample);
}

async function sample(path: string, { json, quiet, ...flags }: Flags): Promise<void> {
  if (!(flags.temperature > 0 && flags.temperature <= 100))
    throw new Misuse(`--temperature ${flags.temperature}: it has to be above 0 and at most 100`);
  const { sampleToFile } = await import('../sampling/sample-file.js');
  const bar = json || quiet ? undefined : await progressBar();
  try {
    const drawn = await sampleToFile(path, flags, bar?.onFrame);
    bar?.close();
    if (json) process.stdout.write(`${JSON.stringify(drawn)}\n`);
    else if (!quiet) {
      printRemarks(drawn);
      print(describe(drawn));
    }
  } finally {
    bar?.close();
  }
}

function describe({ file, frames, seconds, beginning }: SampledFile): string[] {
  const result = `${file}: ${frames} frames, ${seconds.toFixed(1)} s, ${describeBeginning(beginning)}`;
  return beginning.from === 'silence'
    ? [result, `No training sequence at hand to begin as: ${beginning.why}`]
    : [result];
}

function describeBeginning(beginning: Beginning): string {
  if (beginning.from === 'silence') return 'begun from silence';
  if (beginning.from === 'prime') return `the first ${beginning.frames} from the prime`;
  return `begun as a training sequence of ${printable(shownPath(beginning.dataset))}`;
}

/** Milliseconds between two drawings of the bar. */
const DRAW_INTERVAL = 100;

async function progressBar() {
  if (!isLive(process.stdout)) return undefined;
  const { progressBars } = await import('./progress-bars.js');
  const bars = progressBars(process.stdout);
  const start = performance.now();
  let bar: Bar | undefined;
  let lastDrawn = start;
  return {
    onFrame(drawn: number, length: number) {
      const now = performance.now();
      if (now - lastDrawn < DRAW_INTERVAL) return;
      lastDrawn = now;
      const rate = (1000 * drawn) / (now - start);
      const fields = [
        { text: `${threeDigits(rate)} frames/s`, weight: 1 },
        { text: `${formatAbout((length - drawn) / rate)} left`, weight: 2 },
      ];
      bar ??= bars.add(0, fields);
      bar.update(drawn / length, fields);
      bars.draw();
    },
    close: bars.close,
  };
}

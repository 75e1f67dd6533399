import { Command } from 'commander';
import type { LoadOptions } from '../data/catalogue.js';
import { Misuse } from '../platform/failure.js';
import { addFolderOptions } from './data-options.js';
import { parseNumber, wholeNumber } from './flags.js';

const EXAMPLES = `
Examples:
  gru-bench sample runs/nottingham-lstm --out piece.mid
  gru-bench sample results/quick/checkpoints/demo-music-gru.safetensors --length 400 --temperature 0.8
  gru-bench sample runs/nottingham-lstm --prime tune.mid --prime-frames 32 --seed 7
  gru-bench sample runs/speech --length 800 --out voice.wav

A music model draws two frames a crotchet; a speech model ten samples a frame, at the rate of its data.`;

interface Flags extends LoadOptions {
  readonly length: number;
  readonly temperature: number;
  readonly seed: number;
  readonly prime?: string;
  readonly primeFrames?: number;
  readonly dataset?: string;
  readonly out?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `gru-bench sample`: something to listen to. */
export function sampleCommand(): Command {
  const command = new Command('sample')
    .description('Draw a piece from a trained model: a .mid from a music model, a .wav from a speech model')
    .argument('<run|file>', "a run's folder (its best parameters are taken) or a .safetensors file")
    .option('--length <frames>', 'frames to draw', wholeNumber('--length', 1, 1_000_000), 200)
    .option('--temperature <t>', '1: as the model says; less: likely frames get likelier', parseNumber, 1)
    .option('--seed <n>', 'the same seed draws the same piece', wholeNumber('--seed', 0, 2 ** 32 - 1), 1)
    .option('--prime <file>', 'a .mid or .wav that the piece begins with')
    .option('--prime-frames <n>', 'only its first n frames', wholeNumber('--prime-frames', 1, 1_000_000))
    .option('--dataset <name|folder>', 'of a speech model in a file: where its scale and rate come from');
  return addFolderOptions(command)
    .option('--out <file>', 'where it goes (default: sample.mid or sample.wav)')
    .option('--json', 'print JSON')
    .option('--quiet', 'print nothing but errors')
    .addHelpText('after', EXAMPLES)
    .action(sample);
}

async function sample(path: string, { json, quiet, ...flags }: Flags): Promise<void> {
  if (!(flags.temperature > 0 && flags.temperature <= 100))
    throw new Misuse(`--temperature ${flags.temperature}: it has to be above 0 and at most 100`);
  const { sampleToFile } = await import('../sampling/sample-file.js');
  const drawn = await sampleToFile(path, flags);
  if (quiet) return;
  if (json) process.stdout.write(`${JSON.stringify(drawn)}\n`);
  else
    process.stdout.write(
      `${drawn.file}: ${drawn.frames} frames, ${drawn.seconds.toFixed(1)} s${drawn.primeFrames > 0 ? `, the first ${drawn.primeFrames} from the prime` : ''}\n`,
    );
}

import { type Command, InvalidArgumentError } from 'commander';
import type { SplitShares } from '../data/sequence.js';
import { parseNumber, wholeNumber } from './flags.js';

/** The options that say how a folder of files is read. */
export function addFolderOptions(command: Command): Command {
  return command
    .option(
      '--window-samples <n>',
      'samples of a sequence cut from a folder of .wav files (default: 500)',
      wholeNumber('--window-samples', 1),
    )
    .option(
      '--split-seed <n>',
      'another split by a hash of the names, for a folder without splits of its own (default: 0)',
      wholeNumber('--split-seed', 0, 2 ** 32 - 1),
    )
    .option(
      '--split-shares <train,valid,test>',
      'shares of the files, for such a folder (default: 80,10,10)',
      parseShares,
    )
    .option('--skip-broken', 'go on without the files of a folder that cannot be read');
}

function parseShares(text: string): SplitShares {
  const [train, valid, test, ...rest] = text.split(',').map((share) => parseNumber(share));
  if (test === undefined || rest.length > 0)
    throw new InvalidArgumentError('It has to be three numbers, such as 80,10,10.');
  return [train, valid, test];
}

import { Command } from 'commander';
import type { LoadOptions } from '../data/catalogue.js';
import { OWN_DATA } from '../data/dataset-name.js';
import type { Manifest } from '../data/manifest.js';
import { remarkLines, splitText } from '../data/remarks-text.js';
import { type Dataset, SPLITS } from '../data/sequence.js';
import { noteName, type SplitStatistics } from '../data/statistics.js';
import { formatAbout, formatDuration } from '../platform/duration.js';
import { Failure, Misuse } from '../platform/failure.js';
import { threeDigits } from '../platform/format-number.js';
import { printable } from '../platform/printable.js';
import { heading as inBold, isLive, styled } from './colour.js';
import { addFolderOptions } from './data-options.js';
import { examples } from './examples.js';
import type { Output } from './flags.js';
import type { Bar } from './progress-bars.js';
import { formatTable, print } from './text.js';

interface InfoFlags extends Output, LoadOptions {
  readonly files?: boolean;
}

const EXAMPLES = `
Examples:
  gru-bench datasets list
  gru-bench datasets info nottingham
  gru-bench datasets info my-midi-files/ --files
  gru-bench datasets info my-midi-files/ --split-seed 2 --split-shares 70,15,15 --skip-broken --json
  gru-bench datasets download all
  gru-bench datasets import ~/Downloads/Nottingham.mat
  gru-bench datasets verify

Files are looked for in GRU_BENCH_DATA, in the package, and in the cache folder (GRU_BENCH_CACHE), where
downloads and imports go.`;

/** `gru-bench datasets`: what data there are, where they lie, what is in them, and how to get them. */
export function datasetsCommand(): Command {
  const command = new Command('datasets')
    .description('List, inspect, download, verify and import data sets')
    .addHelpText('after', EXAMPLES);
  addJsonAndQuiet(
    command.command('list').description('All named data sets: what they are, terms of use, where they lie'),
  )
    .addHelpText('after', examples('gru-bench datasets list', 'gru-bench datasets list --json'))
    .action(list);
  addJsonAndQuiet(
    addFolderOptions(
      command
        .command('info')
        .description('Sequences, frames, lengths, notes or duration of each split, and what is left out')
        .argument('<name|folder|file>', `a named data set, ${OWN_DATA}`),
    ).option('--files', 'also the files of each split'),
  )
    .addHelpText(
      'after',
      examples(
        'gru-bench datasets info demo-music',
        'gru-bench datasets info my-midi-files/ --files',
        'gru-bench datasets info my-midi-files/ --split-seed 2 --split-shares 70,15,15 --skip-broken',
        'gru-bench datasets info my-recordings/ --window-samples 800 --json',
        'gru-bench datasets info rolls.json',
      ),
    )
    .action(info);
  addJsonAndQuiet(
    command
      .command('download')
      .description('Fetch a data set, checked by its SHA-256, into the cache folder')
      .argument('<name>', 'a named data set, or "all"'),
  )
    .addHelpText(
      'after',
      examples('gru-bench datasets download nottingham', 'gru-bench datasets download all'),
    )
    .action(downloadNamed);
  addJsonAndQuiet(
    command
      .command('verify')
      .description('Check hashes and counts against the manifests')
      .argument('[name]', 'a named data set; all that are on this machine if not given'),
  )
    .addHelpText(
      'after',
      examples('gru-bench datasets verify', 'gru-bench datasets verify demo-music --json'),
    )
    .action(verify);
  addJsonAndQuiet(
    command
      .command('import')
      .description('Bring a file that you have into the cache folder; what it is follows from its content')
      .argument('<file>', 'the .mat of a named data set, or the recordings as .deb, .zip, .tar.gz or folder'),
  )
    .addHelpText(
      'after',
      examples(
        'gru-bench datasets import ~/Downloads/Nottingham.mat',
        'gru-bench datasets import ~/Downloads/recordings.tar.gz --json',
      ),
    )
    .action(importNamed);
  return command;
}

function addJsonAndQuiet(command: Command): Command {
  return command
    .option('--json', 'print one JSON value instead of text')
    .option('--quiet', 'print the bare result: no bar, no remarks');
}

function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

async function list(flags: Output): Promise<void> {
  const { locate } = await import('../data/catalogue.js');
  const { readManifests } = await import('../data/manifest.js');
  const rows = readManifests().map((manifest) => ({
    name: manifest.name,
    kind: manifest.kind,
    synthetic: manifest.synthetic,
    path: locate(manifest) ?? null,
    what: manifest.what,
    licence: manifest.licence,
    citation: manifest.citation,
  }));
  if (flags.json) printJson(rows);
  else if (flags.quiet) print(rows.map(({ name }) => name));
  else {
    print(
      rows.flatMap(({ name, kind, what, licence, path }) => [
        `${name}  (${kind}, ${path ? `here: ${path}` : 'not on this machine'})`,
        `    ${what}`,
        `    terms: ${licence}`,
      ]),
    );
  }
}

async function info(nameOrFolder: string, flags: InfoFlags): Promise<void> {
  const { loadDataset, loadOptionsOf } = await import('../data/catalogue.js');
  const { datasetStatistics } = await import('../data/statistics.js');
  const dataset = await loadDataset(nameOrFolder, loadOptionsOf(flags));
  const { folder } = dataset;
  if (flags.files && !folder)
    throw new Misuse(`${nameOrFolder} does not come as a file a sequence; --files is for folders`);
  const splits = datasetStatistics(dataset);
  if (flags.json)
    return printJson({
      ...descriptionOf(dataset),
      splits,
      ...(folder && { splitBy: folder.splitBy, broken: folder.broken }),
      remarks: dataset.remarks,
      ...(flags.files && { files: folder?.files }),
    });
  const [headings] = SPLITS.map((split) => columns(splits[split]).map(([heading]) => heading));
  const rows = SPLITS.map((split) => [split, ...columns(splits[split]).map(([, value]) => value)]);
  if (!flags.quiet) print(await heading(nameOrFolder, dataset));
  print(formatTable([['split', ...headings].map((title) => inBold(title)), ...rows]));
  if (!flags.quiet)
    print([...remarkLines(dataset, Number.POSITIVE_INFINITY), ...(await verdictLines(dataset))]);
  if (flags.files && folder)
    print(
      SPLITS.flatMap((split) => folder.files[split].map((file) => `${split.padEnd(5)}  ${printable(file)}`)),
    );
}

/** That no experiment on the data could say which unit is better, where there are too few pieces. */
async function verdictLines(dataset: Dataset): Promise<string[]> {
  const { tooFewPieces } = await import('../report/verdict/enough.js');
  const few = tooFewPieces(dataset, '--split-shares');
  return few === undefined ? [] : [`too few for a verdict on units: ${few}`];
}

function descriptionOf(dataset: Dataset) {
  const { name, kind, sha256 } = dataset;
  if (dataset.kind === 'music') return { name, kind, sha256 };
  const { sampleRate, mean, deviation } = dataset;
  return { name, kind, sha256, sampleRate, mean, deviation };
}

async function heading(nameOrFolder: string, dataset: Dataset): Promise<string[]> {
  const { manifestNamed } = await import('../data/manifest.js');
  const manifest = manifestNamed(nameOrFolder);
  const lines = manifest
    ? [`${manifest.name}: ${manifest.what}`, `terms: ${manifest.licence}`]
    : [printable(dataset.name)];
  if (dataset.kind === 'speech')
    lines.push(`${dataset.sampleRate} Hz; frames are the predicted ones, of 10 samples`);
  const split = splitText(dataset);
  if (split !== undefined) lines.push(`split ${split}`);
  return [...lines, `SHA-256 of the sequences: ${dataset.sha256}`];
}

/** Headings and values of a split's row. */
function columns(split: SplitStatistics): [string, string][] {
  const common: [string, string][] = [
    ['sequences', String(split.sequences)],
    ['frames', String(split.frames)],
    ['mean', split.meanLength.toFixed(1)],
    ['shortest', String(split.shortest)],
    ['longest', String(split.longest)],
  ];
  if (split.music) {
    const { notesPerFrame, lowestNote, highestNote } = split.music;
    const range =
      lowestNote === null || highestNote === null
        ? 'none'
        : `${lowestNote}-${highestNote} (${noteName(lowestNote)}-${noteName(highestNote)})`;
    return [...common, ['notes/frame', notesPerFrame.toFixed(3)], ['MIDI notes', range]];
  }
  return split.speech ? [...common, ['duration', formatDuration(split.speech.seconds)]] : common;
}

async function downloadNamed(name: string, flags: Output): Promise<void> {
  const { findManifest } = await import('../data/catalogue.js');
  const { readManifests } = await import('../data/manifest.js');
  const manifests =
    name === 'all' ? readManifests().filter(({ from }) => from !== 'package') : [findManifest(name)];
  const results: { name: string; path: string; fetched: boolean }[] = [];
  const failures: string[] = [];
  for (const manifest of manifests) {
    try {
      const result = { name: manifest.name, ...(await downloadShown(manifest, flags)) };
      results.push(result);
      if (!flags.json) print([`${result.name}: ${result.fetched ? 'now' : 'already'} in ${result.path}`]);
    } catch (error) {
      if (!(error instanceof Failure) || manifests.length === 1) throw error;
      failures.push(manifest.name);
      process.stderr.write(`${error.message}\n`);
    }
  }
  if (flags.json) printJson(results);
  if (failures.length > 0) throw new Failure(`not fetched: ${failures.join(', ')}`);
}

/** Downloads with a bar on a terminal, with one line a place when piped, with nothing when quiet. */
async function downloadShown(manifest: Manifest, flags: Output) {
  const { downloadDataset } = await import('../data/acquire.js');
  if (flags.quiet || flags.json) return downloadDataset(manifest);
  const { progressBars } = await import('./progress-bars.js');
  const bars = progressBars(process.stderr);
  const begun = performance.now();
  let bar: Bar | undefined;
  const progress = (done: number, total = done) => {
    const rate = done / 1e6 / Math.max((performance.now() - begun) / 1000, 1e-3);
    const fields = [
      { text: manifest.name, weight: 3 },
      { text: `${(done / 1e6).toFixed(1)} MB`, weight: 1 },
      { text: `${threeDigits(rate)} MB/s`, weight: 2 },
      { text: `${formatAbout((total - done) / 1e6 / rate)} left`, weight: 4 },
    ];
    const share = done / Math.max(total, 1);
    bar ??= bars.add(share, fields);
    bar.update(share, fields);
  };
  try {
    return await downloadDataset(manifest, { says: bars.print, ...(isLive(process.stderr) && { progress }) });
  } finally {
    bars.close();
  }
}

interface Verified {
  readonly name: string;
  readonly state: 'right' | 'wrong' | 'not here';
  /** What was checked, or what is wrong. */
  readonly remark: string;
}

async function verify(name: string | undefined, flags: Output): Promise<void> {
  const { findManifest, locate } = await import('../data/catalogue.js');
  const { readManifests } = await import('../data/manifest.js');
  const all: Verified[] = [];
  for (const manifest of name === undefined ? readManifests() : [findManifest(name)]) {
    if (name === undefined && !locate(manifest)) {
      all.push({ name: manifest.name, state: 'not here', remark: '' });
    } else all.push(await verified(manifest));
  }
  if (flags.json) printJson(all);
  else if (!flags.quiet)
    print(
      formatTable(
        all.map(({ name, state, remark }) => [
          name,
          state === 'wrong' ? styled('red', state) : `${state}  ${remark}`,
        ]),
      ),
    );
  const wrong = all.filter(({ state }) => state === 'wrong');
  if (wrong.length > 0) throw new Failure(wrong.map(({ remark }) => remark).join('; '));
}

async function verified(manifest: Manifest): Promise<Verified> {
  const { loadDataset } = await import('../data/catalogue.js');
  const { datasetStatistics, differences } = await import('../data/statistics.js');
  const { name, expected } = manifest;
  try {
    const found = datasetStatistics(await loadDataset(name));
    const differing = expected ? differences(found, expected) : [];
    if (differing.length > 0) return { name, state: 'wrong', remark: `${name}: ${differing.join(', ')}` };
    const checked = manifest.from === 'package' ? 'files read' : 'hash and counts';
    return { name, state: 'right', remark: checked };
  } catch (error) {
    if (error instanceof Failure) return { name, state: 'wrong', remark: error.message };
    throw error;
  }
}

async function importNamed(file: string, flags: Output): Promise<void> {
  const { importFile } = await import('../data/import-file.js');
  const result = await importFile(file);
  if (flags.json) printJson(result);
  else if (!flags.quiet) print([`${result.names.join(', ')}: now in ${result.path}`]);
}

import { spawnSync } from 'node:child_process';
import { basename } from 'node:path';

/** What a step consists of, and the sources that compute it. A line belongs to the innermost inlined function's that is here. */
const SOURCES = {
  products: ['matrix.h', 'fading.h'],
  unit: ['units/', 'recurrence.h', 'step.h'],
  outputs: ['output.h', 'bernoulli.h', 'mixture.h', 'logarithm.h'],
  'other gradients': ['gradient.h'],
  packing: ['weights.h'],
  'weight noise': ['noise.h'],
  RMSProp: ['rmsprop.h'],
  waiting: ['threads.cpp'],
};

/** Of the addon, but of none of these; and outside of it: TensorFlow.js, Node, copies by the C library. */
const REST = 'other C++';
const OUTSIDE = 'outside';

export const PARTS = [...Object.keys(SOURCES), REST, OUTSIDE];

/** Seconds after the first sample in the addon that are left out: the compiler of JavaScript is at work. */
const WARM_UP_SECONDS = 2;
const LARGEST_OUTPUT = 2 ** 30;

/**
 * Samples of each part, from what `perf record` wrote.
 *
 * @param {string} recording
 * @param {string} addon built with lines for a debugger
 * @returns {Map<string, number>}
 */
export function samplesOfParts(recording, addon) {
  const fields = ['-F', 'time,ip,dso', '--show-mmap-events'];
  const text = output('perf', ['script', '-i', recording, ...fields]);
  const base = addonBase(text, addon);
  const samples = [...text.matchAll(/^\s*([\d.]+):\s+([0-9a-f]+) \((.*)\)$/gm)].map(([, time, at, of]) => ({
    time: Number(time),
    address: BigInt(`0x${at}`) - base,
    inAddon: of === addon,
  }));
  const first = samples.find(({ inAddon }) => inAddon);
  if (!first) throw new Error('perf has no sample of the kernels');
  const steady = samples.filter(({ time }) => time > first.time + WARM_UP_SECONDS);
  const inside = steady.filter(({ inAddon }) => inAddon).map(({ address }) => `0x${address.toString(16)}`);
  const parts = partsOfAddresses(addon, [...new Set(inside)]);
  const counts = new Map(PARTS.map((part) => [part, 0]));
  const count = (/** @type {string} */ part, /** @type {number} */ n) =>
    counts.set(part, (counts.get(part) ?? 0) + n);
  for (const address of inside) count(parts.get(address) ?? REST, 1);
  count(OUTSIDE, steady.length - inside.length);
  return counts;
}

/**
 * Where the addon's file begins in memory; its addresses equal places in the file.
 *
 * @param {string} text
 * @param {string} addon
 */
function addonBase(text, addon) {
  for (const [, start, place, file] of text.matchAll(
    /\[0x([0-9a-f]+)\(0x[0-9a-f]+\) @ (\S+) .*?\]: r-xp (.*)$/gm,
  ))
    if (file === addon) return BigInt(`0x${start}`) - BigInt(place);
  throw new Error('perf did not see the addon loaded');
}

/**
 * @param {string} addon
 * @param {string[]} addresses
 * @returns {Map<string, string>}
 */
function partsOfAddresses(addon, addresses) {
  const lines = output('addr2line', ['-e', addon, '--addresses', '--inlines'], addresses.join('\n')).split(
    '\n',
  );
  const parts = new Map();
  let address = '';
  for (const line of lines) {
    if (line.startsWith('0x')) address = `0x${BigInt(line).toString(16)}`;
    else if (!parts.has(address)) {
      const part = partOfLine(line);
      if (part) parts.set(address, part);
    }
  }
  return parts;
}

/** @param {string} line such as `…/units/gru.h:31` */
function partOfLine(line) {
  const path = line.replace(/:.*$/, '');
  for (const [part, sources] of Object.entries(SOURCES))
    if (
      sources.some((source) =>
        source.endsWith('/') ? path.includes(`/${source}`) : basename(path) === source,
      )
    )
      return part;
  return undefined;
}

/**
 * @param {string} program
 * @param {string[]} parameters
 * @param {string} [input]
 */
function output(program, parameters, input = '') {
  const { status, error, stdout, stderr } = spawnSync(program, parameters, {
    input,
    encoding: 'utf8',
    maxBuffer: LARGEST_OUTPUT,
  });
  if (status === 0) return stdout;
  throw new Error(`${program}: ${error?.message ?? stderr.trim().split('\n').at(-1)}`);
}

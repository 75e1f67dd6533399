import { describe, expect, it } from 'vitest';
import { appearances } from '../../src/report/appearance.js';

const units = ['tanh', 'gru', 'lstm', ...Array.from({ length: 9 }, (_, i) => `own-${i}`)];

const linear = (hex: string) =>
  [1, 3, 5]
    .map((i) => Number.parseInt(hex.slice(i, i + 2), 16) / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));

const luminance = (rgb: readonly number[]) => 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2];

function contrast(a: string, b: string): number {
  const [low, high] = [luminance(linear(a)), luminance(linear(b))].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

const times = (matrix: readonly (readonly number[])[], v: readonly number[]) =>
  matrix.map((row) => row.reduce((sum, value, i) => sum + value * v[i], 0));

/** Ottosson's OKLab: distances are about as far as one sees. */
function lab(rgb: readonly number[]): number[] {
  const cones = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    rgb,
  ).map((value) => Math.cbrt(Math.max(value, 0)));
  return times(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    cones,
  );
}

/** What eyes without red, green and blue receptors see (Machado, Oliveira and Fernandes 2009), and all others. */
const EYES = {
  all: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  'no red': [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  'no green': [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  'no blue': [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

function nearest(colours: readonly string[], eyes: readonly (readonly number[])[]): number {
  const seen = colours.map((hex) => lab(times(eyes, linear(hex)).map((c) => Math.min(Math.max(c, 0), 1))));
  const distances = seen.flatMap((a, i) =>
    seen.slice(i + 1).map((b) => Math.hypot(...a.map((value, k) => value - b[k]))),
  );
  return Math.min(...distances);
}

describe('how units look', () => {
  const looks = [...appearances(units).values()];

  it.each([
    ['light', '#ffffff'],
    ['dark', '#0d1117'],
  ] as const)('%s: each stands out from its ground', (ground, background) => {
    for (const one of looks) expect(contrast(one[ground], background)).toBeGreaterThanOrEqual(3);
  });

  it.each(Object.keys(EYES) as (keyof typeof EYES)[])('twelve can be told apart by eyes: %s', (eyes) => {
    for (const ground of ['light', 'dark'] as const) {
      const colours = looks.map((one) => one[ground]);
      // 0.02 is about the least difference that is seen side by side.
      expect(nearest(colours, EYES[eyes])).toBeGreaterThan(0.08);
    }
  });

  it('no two of 24 have the same colour and shape, and the paper’s keep theirs', () => {
    const many = [...appearances(Array.from({ length: 21 }, (_, i) => `own-${i}`)).values()];
    expect(new Set(many.map(({ light, shape }) => `${light} ${shape}`)).size).toBe(21);
    expect(appearances(['own', 'gru']).get('gru')).toEqual(appearances(units).get('gru'));
  });
});

import { expect, it } from 'vitest';
import { adviceOnName, nearestName } from '../../src/platform/nearest-name.js';

it.each([
  ['notingham', ['nottingham'], 'nottingham'],
  ['gur', ['gru', 'lstm'], 'gru'],
  ['MY-tunes', ['My-Tunes'], 'My-Tunes'],
  ['jsb', ['jsb-chorales', 'musedata'], 'jsb-chorales'],
  ['speech', ['speech-a', 'speech-b', 'speech'], 'speech'],
  ['speech-c', ['musedata'], undefined],
  // Half of the letters are another name.
  ['xyz', ['gru'], undefined],
  ['spe', ['speech-a-long', 'speech-b-long'], undefined],
])('%s, of %j, is meant for %s', (name, names, meant) => {
  expect(nearestName(name, names)).toBe(meant);
});

it('tells all names where none is near', () => {
  expect(adviceOnName('chess', ['music', 'speech'])).toBe('there are music, speech');
  expect(adviceOnName('musik', ['music', 'speech'])).toBe('did you mean music?');
});

import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { shellWord } from '../../src/platform/shell-word.js';
import { skipWhere } from '../skip.js';

const isWindows = process.platform === 'win32' ? 'no POSIX shell' : undefined;

describe('a word of a shell', skipWhere(isWindows), () => {
  it.each(['a', '/x/y z', "it's", '~', '~/x', '$HOME', 'a;b', '', '-n', '\n', '`x`', '*', 'é', 'a\\b'])(
    'is what the shell reads: %j',
    (text) => {
      const echoed = execFileSync('sh', ['-c', `printf '%s|' ${shellWord(text)}`], { encoding: 'utf8' });
      expect(echoed).toBe(`${text}|`);
    },
  );
});

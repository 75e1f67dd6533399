import { expect, it, vi } from 'vitest';
import { main } from '../../src/cli/main.js';

/** Commands whose flags no schema of a file looks at; none gets as far as its work. */
const COUNTS = [
  ['evaluate', 'nowhere', '--threads'],
  ['evaluate', 'nowhere', '--max-sequences'],
  ['check', 'nowhere', '--threads'],
  ['doctor', '--threads'],
  ['bench', '--threads'],
  ['bench', '--rounds'],
  ['sample', 'nowhere', '--length'],
  ['sample', 'nowhere', '--prime-frames'],
  ['reproduce', 'nowhere', '--jobs'],
  ['datasets', 'info', 'demo-speech', '--window-samples'],
];

it.each(COUNTS.flatMap((words) => ['0', '-1', '1.5', '1e400', 'NaN', ''].map((value) => [...words, value])))(
  '%s %s %s %s: one line, exit code 2',
  async (...words) => {
    const errors = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    try {
      await main(words);
      const told = errors.mock.calls.map(([text]) => String(text)).join('');
      expect(told).toMatch(/^gru-bench: [^\n]*--[a-z-]+ [^\n]*\n$/);
      expect(process.exitCode).toBe(2);
    } finally {
      errors.mockRestore();
      process.exitCode = undefined;
    }
  },
);

it.each(['evaluate', 'check', 'doctor', 'bench'])('%s takes no 5000 threads', async (command) => {
  const errors = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    await main([command, '--threads', '5000']);
    expect(errors.mock.calls).toEqual([
      ['gru-bench: --threads 5000: it has to be a whole number from 1 to 1024\n'],
    ]);
    expect(process.exitCode).toBe(2);
  } finally {
    errors.mockRestore();
    process.exitCode = undefined;
  }
});

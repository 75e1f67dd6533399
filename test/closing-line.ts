import type { Reporter, TestCase, TestModule } from 'vitest/node';
import './skip.js';

/** Closes a run with why tests were skipped, and one plain line of counts that any program can read. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string) => tests.filter((test) => test.result().state === state).length;
    const broken = modules.filter((module) => module.state() === 'failed' && module.errors().length > 0);
    const [passed, failed, skipped] = [count('passed'), count('failed') + broken.length, count('skipped')];
    const lines = [...reasonsToSkip(tests), `${passed} passed, ${failed} failed, ${skipped} skipped`];
    process.stdout.write(`\n${lines.join('\n')}\n`);
  }
}

/** A line for each reason, the commonest first. */
function reasonsToSkip(tests: readonly TestCase[]): string[] {
  const counts = new Map<string, number>();
  for (const test of tests) {
    const result = test.result();
    if (result.state !== 'skipped') continue;
    const why = test.meta().whySkipped ?? result.note ?? 'not chosen, or without a reason';
    counts.set(why, (counts.get(why) ?? 0) + 1);
  }
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([why, n]) => `skipped: ${n} ${n === 1 ? 'test' : 'tests'}: ${why}`);
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** A folder for what the files of one run of the suite share; it is empty when the run begins, and gone after it. */
    suiteFolder: string;
  }
}

export default function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'gru-bench-suite-'));
  project.provide('suiteFolder', folder);
  return () => rmSync(folder, { recursive: true, force: true });
}

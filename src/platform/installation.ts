import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { PACKAGE_ROOT } from './folders.js';

const recordSchema = z.object({
  finished: z.string(),
  node: z.string(),
  choice: z.string(),
  by: z.enum(['already', 'cache', 'official', 'wheel', 'none']),
  tfjsNode: z.string().optional(),
  tensorflow: z.string().optional(),
  fused: z.object({ works: z.boolean(), reason: z.string() }).optional(),
  failed: z.array(z.object({ step: z.string(), reason: z.string() })),
});

/** What the install step did for tfjs-node and the fused kernels, and why what it tried did not do. */
export type Installation = z.infer<typeof recordSchema>;

/** The record of this package's install step; undefined when it never ran (a published package has none). */
export function readInstallation(root: string = PACKAGE_ROOT): Installation | undefined {
  try {
    const path = join(root, 'node_modules', '.cache', 'gru-bench', 'install.json');
    return recordSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}

/**
 * Runs the install step again; its lines go to standard error. Every child it starts has a time limit, and it
 * ends with what it could reach: ask `startBackend` whether that was enough.
 */
export async function repairInstallation(): Promise<void> {
  const script = join(PACKAGE_ROOT, 'scripts', 'install', 'main.mjs');
  const child = spawn(process.execPath, [script], { stdio: ['ignore', process.stderr, process.stderr] });
  await new Promise<void>((resolve, reject) => {
    child.on('exit', () => resolve());
    child.on('error', reject);
  });
}

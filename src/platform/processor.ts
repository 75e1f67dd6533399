import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { arch, cpus, platform } from 'node:os';

/** The vector instructions that native code is written for, the widest first. */
export const SIMD_PATHS = ['avx512', 'avx2', 'neon', 'plain'] as const;

export type SimdPath = (typeof SIMD_PATHS)[number];

export interface Processor {
  readonly model: string;
  readonly cores: number;
  readonly simd: SimdPath;
}

/** This machine's processor; the vector instructions are those that its system reports. */
export function describeProcessor(): Processor {
  const all = cpus();
  return { model: all[0]?.model.trim() || 'unknown', cores: all.length, simd: simdPath(arch(), readFlags()) };
}

/**
 * The widest path that a processor can run.
 *
 * @param architecture as `os.arch()` names it
 * @param flags lower-case names of its features, as Linux spells them
 */
export function simdPath(architecture: string, flags: ReadonlySet<string>): SimdPath {
  if (architecture === 'arm64') return 'neon';
  const has = (...names: string[]) => names.every((name) => flags.has(name));
  if (!has('avx2', 'fma')) return 'plain';
  return has('avx512f', 'avx512bw', 'avx512dq', 'avx512vl') ? 'avx512' : 'avx2';
}

/** Windows reports none without native code; `plain` is then a lower bound. */
function readFlags(): Set<string> {
  const read = { linux: linuxFlags, darwin: macFlags }[platform() as string];
  try {
    return new Set(read?.().toLowerCase().split(/\s+/));
  } catch {
    return new Set();
  }
}

function linuxFlags(): string {
  return /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? '';
}

function macFlags(): string {
  const names = ['machdep.cpu.features', 'machdep.cpu.leaf7_features'];
  return execFileSync('sysctl', ['-n', ...names], { encoding: 'utf8', timeout: 5000 });
}

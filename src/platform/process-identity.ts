import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** Which process it is, among all that may see a file system. What a system does not tell is an empty text. */
export interface ProcessIdentity {
  readonly host: string;
  /** Tells machines and containers of one name apart. */
  readonly machine: string;
  readonly pid: number;
  /** Tells a process from an earlier one of the same number. */
  readonly started: string;
}

export const OWN_HOST = hostname();
export const OWN_MACHINE = machineId();

/** @param pid of a process of this machine */
export function identityOf(pid: number): ProcessIdentity {
  return { host: OWN_HOST, machine: OWN_MACHINE, pid, started: startOf(pid) };
}

/** Whether the numbers of its processes mean the same here. */
export function isOfThisMachine({ host, machine }: Partial<ProcessIdentity>): boolean {
  return host === OWN_HOST && (machine === undefined || machine === OWN_MACHINE);
}

/** Whether a process of this machine has not ended. */
export function isRunning({
  pid,
  started,
}: Pick<ProcessIdentity, 'pid'> & Partial<ProcessIdentity>): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Another user's process may not be sent a signal, but it is there.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return started === undefined || startOf(pid) === started;
}

/**
 * Of the machine, and of the container that numbers its processes by itself (Linux); a hash, as it goes into files.
 * Many containers lack the file that names the machine: there the machine is known until it is started again.
 *
 * @param root of the file system
 */
export function machineId(root = '/'): string {
  const at = (path: string) => join(root, path);
  const machine =
    textOf(() => readFileSync(at('etc/machine-id'), 'utf8')) ||
    textOf(() => readFileSync(at('proc/sys/kernel/random/boot_id'), 'utf8'));
  const processes = textOf(() => readlinkSync(at('proc/self/ns/pid')));
  if (machine === '' && processes === '') return '';
  return createHash('sha256').update(`gru-bench ${machine} ${processes}`).digest('hex').slice(0, 16);
}

/** What a system may not tell. */
function textOf(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}

/** When a process was started, where the system says (Linux). */
function startOf(pid: number): string {
  return textOf(() => {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1) ?? '';
    const STARTTIME = 22 - 3;
    return `${boot} ${afterName.split(' ')[STARTTIME]}`;
  });
}

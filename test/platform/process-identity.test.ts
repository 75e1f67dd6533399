import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { machineId } from '../../src/platform/process-identity.js';
import { skipWhere } from '../skip.js';
import { emptyFolder } from './fake-package.js';

interface System {
  machine?: string;
  boot?: string;
  processes?: string;
}

/** The identity of a system that tells so much of itself. */
function idOf({ machine, boot, processes }: System): string {
  const root = emptyFolder();
  const make = (path: string, act: (path: string) => void) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    act(join(root, path));
  };
  if (machine) make('etc/machine-id', (path) => writeFileSync(path, machine));
  if (boot) make('proc/sys/kernel/random/boot_id', (path) => writeFileSync(path, boot));
  if (processes) make('proc/self/ns/pid', (path) => symlinkSync(processes, path));
  return machineId(root);
}

it(
  'containers of one machine, and machines of one host name, are told apart by what the system tells',
  skipWhere(
    process.platform === 'win32' ? 'what is read are links, which Windows keeps from users' : undefined,
  ),
  () => {
    const systems: System[] = [
      { machine: 'a', boot: 'x', processes: 'pid:[1]' },
      { machine: 'a', boot: 'x', processes: 'pid:[2]' },
      { machine: 'b', boot: 'x', processes: 'pid:[1]' },
      { machine: 'a' },
      { boot: 'x', processes: 'pid:[1]' },
      { boot: 'x', processes: 'pid:[2]' },
      { boot: 'y', processes: 'pid:[1]' },
      { processes: 'pid:[1]' },
      { processes: 'pid:[2]' },
      {},
    ];
    expect(new Set(systems.map(idOf)).size).toBe(systems.length);
    expect(idOf({})).toBe('');
    // A machine that names itself is the same one after it was started again.
    expect(idOf({ machine: 'a', boot: 'y', processes: 'pid:[1]' })).toBe(idOf(systems[0]));
  },
);

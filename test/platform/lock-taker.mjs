// A process that takes a lock of the built program, for lock.test.ts: lock-taker.mjs HOW FOLDER.
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { takeLock } from '../../dist/platform/lock.js';

const [how, folder] = process.argv.slice(2);
const lock = join(folder, 'lock.json');
const die = () => process.kill(process.pid, 'SIGKILL');

if (how === 'contend') await contend();
else takeLock(lock, folder, { between: (step) => step === how && die() });
die();

/** Waits for the file `go`, then takes the lock as soon as it can, and looks whether it is alone. */
async function contend() {
  while (!existsSync(join(folder, 'go'))) await setTimeout(1);
  for (;;) {
    try {
      takeLock(lock, folder);
      break;
    } catch (error) {
      if (error.name !== 'FolderInUse') throw error;
      await setTimeout(Math.random() * 4);
    }
  }
  // Throws where another process is inside.
  writeFileSync(join(folder, 'inside'), '', { flag: 'wx' });
  await setTimeout(2);
  rmSync(join(folder, 'inside'));
}

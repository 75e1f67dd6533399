import { spawn, spawnSync } from 'node:child_process';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/platform/failure.js';
import { FolderInUse, type LockOptions, takeLock, whileLocked } from '../../src/platform/lock.js';
import { identityOf } from '../../src/platform/process-identity.js';
import { skipWhere } from '../skip.js';
import { emptyFolder } from './fake-package.js';

const TAKER = join(import.meta.dirname, 'lock-taker.mjs');
/** Two that live as long as this test. */
const LIVING = [process.pid, process.ppid];
const deadPid = () => spawnSync(process.execPath, ['--version']).pid;

/** A folder whose lock was left by a process that is no more. */
function staleFolder(): string {
  const folder = emptyFolder();
  writeFileSync(join(folder, 'lock.json'), JSON.stringify(identityOf(deadPid())));
  return folder;
}

const take = (folder: string, options?: LockOptions) =>
  takeLock(join(folder, 'lock.json'), folder, { tries: 3, ...options });
const holderOf = (folder: string) => JSON.parse(readFileSync(join(folder, 'lock.json'), 'utf8')).pid;

function complaintOf(act: () => void): Failure {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(Failure);
    return error as Failure;
  }
  throw new Error('it did not fail');
}

const noLinks = () => {
  throw Object.assign(new Error('no links here'), { code: 'EPERM' });
};

describe.each([
  { system: 'with links', link: undefined },
  { system: 'without links', link: noLinks },
])('a file system $system', ({ link }) => {
  it('lets one process hold a folder, and the next when it is given back', () => {
    const folder = emptyFolder();
    const first = take(folder, { link });
    const second = complaintOf(() => take(folder, { link, self: identityOf(process.ppid) }));
    expect(second).toBeInstanceOf(FolderInUse);
    expect(second.message).toContain(`${folder} is in use by process ${process.pid} on `);
    first.release();
    expect(readdirSync(folder)).toEqual([]);
    take(folder, { link, self: identityOf(process.ppid) }).release();
  });

  /** When the second contender does all of its steps: before, between and after the first one's. */
  it.each(['before', 'seen', 'guarded', 'judged', 'after'] as const)(
    'of two that find a stale lock, one takes it over: the second at "%s"',
    (moment) => {
      const folder = staleFolder();
      const holders: number[] = [];
      const contend = (pid: number, between?: LockOptions['between']) => {
        try {
          take(folder, { link, self: identityOf(pid), between });
          holders.push(pid);
        } catch (error) {
          expect(error).toBeInstanceOf(FolderInUse);
        }
      };
      const [first, second] = LIVING;
      if (moment === 'before') contend(second);
      let isDone = false;
      contend(first, (step) => {
        if (step !== moment || isDone) return;
        isDone = true;
        contend(second);
      });
      if (moment === 'after') contend(second);
      expect(holders).toHaveLength(1);
      expect(holderOf(folder)).toBe(holders[0]);
      expect(readdirSync(folder)).toEqual(['lock.json']);
    },
  );
});

it.each(['seen', 'guarded', 'judged', 'held'])(
  'a process killed in a take-over, at "%s", is taken over from at once, and leaves nothing',
  (step) => {
    const folder = staleFolder();
    expect(spawnSync(process.execPath, [TAKER, step, folder]).signal).toBe('SIGKILL');
    const lock = take(folder);
    expect(holderOf(folder)).toBe(process.pid);
    lock.release();
    expect(readdirSync(folder).filter((name) => !name.endsWith('.partial'))).toEqual([]);
  },
);

it('eight processes that find a stale lock, each killed while it holds it, hold it one at a time', async () => {
  const folder = staleFolder();
  const ends = Array.from({ length: 8 }, () => {
    const child = spawn(process.execPath, [TAKER, 'contend', folder], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let told = '';
    child.stderr.on('data', (text) => {
      told += text;
    });
    return new Promise((resolve) => child.on('close', (_, signal) => resolve([signal, told])));
  });
  writeFileSync(join(folder, 'go'), '');
  for (const end of await Promise.all(ends)) expect(end).toEqual(['SIGKILL', '']);
});

it.each(['EISDIR', 'EXDEV', 'EACCES', 'EINVAL'])(
  'a file system that answers %s to a link is one without links',
  (code) => {
    const folder = emptyFolder();
    const link = () => {
      throw Object.assign(new Error('no links here'), { code });
    };
    const first = take(folder, { link });
    expect(complaintOf(() => take(folder, { link }))).toBeInstanceOf(FolderInUse);
    first.release();
    expect(readdirSync(folder)).toEqual([]);
  },
);

it('a file beside the lock that is gone when it is to be looked at is no lock held', () => {
  const folder = emptyFolder();
  const holder = take(folder);
  const link: LockOptions['link'] = (beside) => {
    rmSync(beside);
    throw Object.assign(new Error('there already'), { code: 'EEXIST' });
  };
  expect(complaintOf(() => take(folder, { link }))).toBeInstanceOf(FolderInUse);
  holder.release();
});

describe('a lock', () => {
  const elsewhere = JSON.stringify({ ...identityOf(1), host: 'other-machine' });

  it.each([
    ['of another machine', elsewhere, /in use by process 1 on other-machine; .*5 minutes/],
    [
      'of a machine of the same name',
      JSON.stringify({ ...identityOf(1), machine: 'x' }),
      /in use by process 1 /,
    ],
    ['that is being written', '', /in use by another process/],
  ])('%s holds for five minutes of silence', (_, content, message) => {
    const folder = emptyFolder();
    const path = join(folder, 'lock.json');
    writeFileSync(path, content);
    expect(complaintOf(() => take(folder)).message).toMatch(message);
    const past = Date.now() / 1000 - 310;
    utimesSync(path, past, past);
    take(folder).release();
  });

  it('of an earlier process of the same number does not hold', () => {
    const folder = emptyFolder();
    const earlier = { ...identityOf(process.ppid), started: 'before' };
    writeFileSync(join(folder, 'lock.json'), JSON.stringify(earlier));
    take(folder).release();
  });

  it.each([
    ['a folder', (path: string) => mkdirSync(path)],
    ['a link to nothing', (path: string) => symlinkSync('nothing', path)],
    ['a pipe', (path: string) => spawnSync('mkfifo', [path])],
  ])('that is %s is told of in one line, and is no process that one could wait for', (_, make) => {
    const folder = emptyFolder();
    const path = join(folder, 'lock.json');
    make(path);
    const complaint = complaintOf(() => take(folder));
    expect(complaint).not.toBeInstanceOf(FolderInUse);
    expect(complaint.message).toMatch(/lock\.json.*remove/);
  });

  it(
    'of another user that may not be read is told of in one line',
    skipWhere(process.getuid?.() === 0 ? undefined : 'only root can run a program as another user'),
    () => {
      const folder = staleFolder();
      spawnSync('chmod', ['700', join(folder, 'lock.json')]);
      spawnSync('chmod', ['777', folder]);
      const script = `
      const { takeLock } = await import(${JSON.stringify(join(import.meta.dirname, '../../dist/platform/lock.js'))});
      try { takeLock(process.argv[1] + '/lock.json', process.argv[1]); } catch ({ message }) { console.log(message); }`;
      const words = ['--input-type=module', '-e', script, folder];
      const { stdout } = spawnSync(process.execPath, words, { uid: 65534, gid: 65534, encoding: 'utf8' });
      expect(stdout).toMatch(
        /may be in use: its lock .*lock\.json cannot be read \(EACCES.*remove the lock\n$/,
      );
    },
  );

  it('tells its holder when another process has taken it over', async () => {
    const folder = emptyFolder();
    const lock = take(folder, { heartbeat: 5 });
    expect(lock.isLost()).toBe(false);
    writeFileSync(join(folder, 'lock.json'), elsewhere);
    await expect.poll(() => lock.isLost()).toBe(true);
    lock.release();
    expect(readFileSync(join(folder, 'lock.json'), 'utf8')).toBe(elsewhere);
  });

  it('is looked at by its holder when asked, however long that computed without a pause', () => {
    const folder = emptyFolder();
    const lock = take(folder, { heartbeat: 1 });
    writeFileSync(join(folder, 'lock.json'), elsewhere);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    expect(lock.isLost()).toBe(true);
    lock.release();
  });

  it('is waited for', async () => {
    const path = join(emptyFolder(), 'lock.json');
    const order: string[] = [];
    const work = (name: string) => async () => {
      order.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, 20));
      order.push(`${name} ends`);
    };
    const busy: string[] = [];
    await Promise.all([
      whileLocked(path, 'it', work('first')),
      whileLocked(path, 'it', work('second'), { onBusy: ({ message }) => busy.push(message) }),
    ]);
    expect(order).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
    expect(busy).toHaveLength(1);
    const patience = whileLocked(path, 'it', () => whileLocked(path, 'it', () => {}, { patience: 30 }));
    await expect(patience).rejects.toThrow(FolderInUse);
  });
});

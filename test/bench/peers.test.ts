import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Peer, startPeer } from '../../src/bench/peers.js';
import { workloadBatch, workloads } from '../../src/bench/workloads.js';
import { temporaryFolder } from '../data/files.js';

const folder = temporaryFolder();
const [workload] = workloads(['music-1x60']);

/** A Python in name, which notes its process, is as fast as it is told to be, and answers orders as a peer does. */
function fakePython(name: string, medians: { usual: number; kept: number }): string {
  const path = join(folder, name);
  const program = `#!${process.execPath}
const kept = process.env.MALLOC_MMAP_MAX_ === '0';
require('node:fs').appendFileSync(${JSON.stringify(`${path}.pids`)}, process.pid + '\\n');
const median = kept ? ${medians.kept} : ${medians.usual};
console.log(JSON.stringify({ program: 'Fake 1.0', setting: 'plain', median, nll: null }));
process.stdin.on('data', () => console.log(JSON.stringify({ milliseconds: [median] })));
`;
  writeFileSync(path, program);
  chmodSync(path, 0o755);
  return path;
}

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe.skipIf(process.platform === 'win32')('a peer', () => {
  it.each([
    { medians: { usual: 3, kept: 2 }, setting: 'plain, memory kept', milliseconds: 2 },
    { medians: { usual: 2, kept: 3 }, setting: 'plain, memory as usual', milliseconds: 2 },
  ])('is timed as fast as its memory lets it be: $setting', async ({ medians, setting, milliseconds }) => {
    const python = fakePython(setting.replaceAll(/\W/g, '-'), medians);
    const peer = (await startPeer('torch', workload, workloadBatch(workload), python)) as Peer;
    expect(peer.setting).toBe(setting);
    expect(await peer.run(1)).toEqual([milliseconds]);
    const pids = readFileSync(`${python}.pids`, 'utf8').trim().split('\n').map(Number);
    expect(pids).toHaveLength(2);
    await expect.poll(() => pids.filter(isAlive)).toHaveLength(1);
    peer.close();
    await expect.poll(() => pids.filter(isAlive)).toEqual([]);
  });
});

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { lockFolder } from '../../src/platform/folder-lock.js';
import { partialName, removeLeftOvers } from '../../src/platform/left-overs.js';
import { emptyFolder } from './fake-package.js';

const deadPid = () => spawnSync(process.execPath, ['--version']).pid;

it('left-overs are what dead processes of this machine, and any long ago, were writing', () => {
  const folder = emptyFolder();
  const own = partialName('curve.csv');
  expect(own).toContain(`.${process.pid}@`);
  const dead = deadPid();
  const gone = [
    own.replace(`${process.pid}`, `${dead}`),
    `state.safetensors.${dead}.partial`,
    'old.csv.1@x.partial',
  ];
  const place = own.slice(own.indexOf('@') + 1);
  const kept = [
    own,
    `curve.csv.${process.ppid}.partial`,
    `curve.csv.${dead}@elsewhere.partial`,
    // Of another container of this host's name.
    `curve.csv.${dead}@${place.replace(/-[0-9a-f]{8}\.partial$/, '-00000000.partial')}`,
  ];
  const others = ['rolls.mat.partial', `curve.csv.${dead}`, 'curve.csv', `.${dead}.partial.csv`];
  for (const name of [...gone, ...kept, ...others]) writeFileSync(join(folder, name), '');
  utimesSync(join(folder, 'old.csv.1@x.partial'), 1, 1);
  mkdirSync(join(folder, `wav.${dead}.partial`, 'inside'), { recursive: true });
  removeLeftOvers(folder);
  expect(readdirSync(folder).sort()).toEqual([...kept, ...others].sort());
  removeLeftOvers(join(folder, 'no such folder'));
});

it('a run folder loses them when it is locked', () => {
  const folder = emptyFolder();
  const left = join(folder, partialName('state.safetensors').replace(`${process.pid}`, `${deadPid()}`));
  writeFileSync(left, '');
  lockFolder(folder).release();
  expect(existsSync(left)).toBe(false);
});

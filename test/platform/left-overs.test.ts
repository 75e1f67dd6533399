import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { lockFolder } from '../../src/platform/folder-lock.js';
import { partialName, removeLeftOvers } from '../../src/platform/left-overs.js';
import { inTemporaryFolder } from '../../src/platform/temporary-folder.js';
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

it('temporary folders are removed, and so are those that a killed process left', async () => {
  const place = emptyFolder();
  const useTemporary = (path: string) => {
    for (const name of ['TMPDIR', 'TEMP', 'TMP']) vi.stubEnv(name, path);
  };
  useTemporary(place);
  const made = await inTemporaryFolder((folder) => {
    expect(readdirSync(place)).toEqual([basename(folder)]);
    return basename(folder);
  });
  expect(readdirSync(place)).toEqual([]);
  const own = made.replace(/[0-9a-f]{3}(?=\.)/, '000');
  const foreign = `thesis.${deadPid()}.partial`;
  for (const name of [own, foreign, made.replace(`${process.pid}@`, `${deadPid()}@`)])
    mkdirSync(join(place, name, 'inside'), { recursive: true });
  const failing = inTemporaryFolder(() => Promise.reject(new Error('no')));
  await expect(failing).rejects.toThrow('no');
  expect(readdirSync(place).sort()).toEqual([own, foreign].sort());
  useTemporary(join(place, 'none'));
  await expect(inTemporaryFolder(() => 0)).rejects.toThrow(/^no temporary folder can be made in \S+none: /);
});

it('a run folder loses them when it is locked', () => {
  const folder = emptyFolder();
  const left = join(folder, partialName('state.safetensors').replace(`${process.pid}`, `${deadPid()}`));
  writeFileSync(left, '');
  lockFolder(folder).release();
  expect(existsSync(left)).toBe(false);
});

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const read = (name: string) =>
  JSON.parse(readFileSync(fileURLToPath(new URL(`../${name}`, import.meta.url)), 'utf8'));

interface LockedPackage {
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
  readonly deprecated?: string;
}

it('neither the package nor what it depends on has a script for a package manager to ask about', () => {
  const { scripts } = read('package.json');
  // npm also asks about `prepare`, where a package is installed from a file.
  const asked = ['preinstall', 'install', 'postinstall', 'prepare'];
  expect(Object.keys(scripts).filter((name) => asked.includes(name))).toEqual([]);
  const packages: [string, LockedPackage][] = Object.entries(read('package-lock.json').packages);
  const installed = packages.filter(([, { dev }]) => !dev);
  expect(installed.length).toBeGreaterThan(50);
  expect(installed.filter(([, { hasInstallScript }]) => hasInstallScript)).toEqual([]);
  expect(installed.filter(([, { deprecated }]) => deprecated)).toEqual([]);
});

it('no script has npm hold back its own errors: what it cannot run would end in exit code 1 without a word', () => {
  const { scripts } = read('package.json') as { scripts: Record<string, string> };
  const nested = Object.values(scripts).filter((script) => /\bnpm run\b/.test(script));
  expect(nested.length).toBeGreaterThan(5);
  expect(nested.filter((script) => /--silent|\s-s\s|--loglevel[= ]silent/.test(script))).toEqual([]);
});

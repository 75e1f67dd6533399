import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { slug } from 'github-slugger';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { commandLine } from '../src/cli/main.js';
import { experimentSchema } from '../src/experiment/config.js';
import { readUnitFile } from '../src/model/own-unit.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const PAGES = [
  ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'],
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** The blocks of code of a page in a language. */
function blocksOf(page: string, language: string): string[] {
  return [...read(page).matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)]
    .filter(([, name]) => name === language)
    .map(([, , text]) => text);
}

const withoutBlocks = (text: string) => text.replace(/^```[\s\S]*?^```$/gm, '');

/** What stands between single backticks. */
const wordsOfCode = (page: string) =>
  [...withoutBlocks(read(page)).matchAll(/`([^`]+)`/g)].map(([, code]) => code.replace(/\s+/g, ' '));

describe('links', () => {
  const targetsOf = (page: string) => {
    const text = withoutBlocks(read(page)).replace(/`[^`]*`/g, '');
    const found = [...text.matchAll(/\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)$/gm)].map(
      (match) => match[1] ?? match[2],
    );
    return found.filter((target) => !/^\w+:/.test(target));
  };
  const anchorsOf = (page: string) => {
    const text = withoutBlocks(read(page));
    const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
      slug(heading.replace(/<[^>]*>|`/g, '')),
    );
    return [...headings, ...[...text.matchAll(/<a id="([^"]+)"/g)].map(([, id]) => id)];
  };

  it.each(PAGES)('of %s lead somewhere', (page) => {
    for (const target of targetsOf(page)) {
      const [path, anchor] = target.split('#');
      const file = path === '' ? page : join(dirname(page), path);
      expect(existsSync(join(ROOT, file)), `${page} links to ${target}`).toBe(true);
      if (anchor) expect(anchorsOf(file), `${page} links to ${target}`).toContain(anchor);
    }
  });

  it('of the index lead to every page', () => {
    const linked = targetsOf('docs/README.md').map((target) => join('docs', target));
    expect(PAGES.filter((page) => page.startsWith('docs/') && !linked.includes(page))).toEqual([
      'docs/README.md',
    ]);
  });
});

describe('commands', () => {
  const program = commandLine();
  const everyCommand = (command: Command): Command[] => [command, ...command.commands.flatMap(everyCommand)];
  for (const command of everyCommand(program)) if (command.commands.length === 0) command.action(() => {});
  const scripts = Object.keys(JSON.parse(read('package.json')).scripts);
  const flags = new Set(everyCommand(program).flatMap(({ options }) => options.map(({ long }) => long)));

  /** The commands of a block of a shell, each as its words. */
  function commandsIn(block: string): string[][] {
    return block
      .split('\n')
      .map((line) => line.replace(/(^|\s)#.*$/, ''))
      .flatMap((line) => line.split(/&&|\||;/))
      .map((command) =>
        command
          .replace(/\s>\s.*$/, '')
          .trim()
          .split(/\s+/),
      )
      .map((words) => words.slice(words.findIndex((word) => !/^[A-Z_]+=/.test(word))));
  }

  /** The scripts of package.json that a text names. */
  const scriptsIn = (text: string) =>
    [...text.matchAll(/npm run (?:--silent )?([\w:-]+)/g)].map(([, name]) => name);

  it.each(PAGES)('in blocks of %s can be typed as they stand', (page) => {
    for (const words of blocksOf(page, 'sh').flatMap(commandsIn)) {
      expect(words[0], `${page}: ${words.join(' ')}`).not.toBe('gru-bench');
      if (words[0] !== 'npx' || words[1] !== 'gru-bench') continue;
      expect(
        () => program.parse(words.slice(2), { from: 'user' }),
        `${page}: ${words.join(' ')}`,
      ).not.toThrow();
    }
  });

  it.each(PAGES)('in lines of %s have the options that they are given', (page) => {
    for (const code of wordsOfCode(page)) {
      const [name, ...words] = code.replace(/^(npx )?gru-bench /, '').split(' ');
      const ofProgram = /^(npx )?gru-bench \w/.test(code);
      const command = program.commands.find((one) => one.name() === name);
      if (ofProgram) expect(command, `${page}: ${code}`).toBeDefined();
      if (!command || (!ofProgram && !words[0]?.startsWith('--'))) continue;
      const inner = command.commands.find((one) => one.name() === words[0]) ?? command;
      const known = [...inner.options.map(({ long }) => long), '--help', '--no-color'];
      for (const word of words.filter((one) => one.startsWith('--')))
        expect(known, `${page}: ${code}`).toContain(word);
    }
  });

  it('alone stand options that there are', () => {
    const ofOthers = ['--ignore-scripts', '--help'];
    for (const page of PAGES)
      for (const code of wordsOfCode(page).filter((one) => one.startsWith('--')))
        expect([...flags, ...ofOthers], `${page}: ${code}`).toContain(code.split(' ')[0]);
  });

  it.each(PAGES)('of npm in %s are scripts of package.json', (page) => {
    for (const name of scriptsIn(read(page).replace(/\s+/g, ' '))) expect(scripts, page).toContain(name);
  });

  it('of npm all stand on a page, but for those that npm calls itself', () => {
    const told = PAGES.flatMap((page) => scriptsIn(read(page).replace(/\s+/g, ' ')));
    const called = ['prepack', 'postprepare', 'build:code', 'typecheck', 'test'];
    expect(scripts.filter((name) => !told.includes(name) && !called.includes(name))).toEqual([]);
  });
});

describe('the README', () => {
  it('is short', () => {
    expect(read('README.md').split('\n').length).toBeLessThan(150);
  });

  it('shows an experiment that is one', () => {
    const [experiment] = blocksOf('README.md', 'yaml');
    expect(experimentSchema.safeParse(parse(experiment)).error).toBeUndefined();
  });

  it('shows a unit that is one, in twelve lines', async () => {
    const [unit] = blocksOf('README.md', 'js');
    expect(unit.trim().split('\n').length).toBeLessThanOrEqual(12);
    const folder = mkdtempSync(join(tmpdir(), 'gru-bench-readme-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'my-unit.mjs'), unit);
    expect((await readUnitFile(join(folder, 'my-unit.mjs'))).name).toBe('my-unit');
  });
});

it('docs/experiments.md has a row for each field of an experiment', () => {
  const rows = read('docs/experiments.md')
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  const named = rows.flatMap((row) => [...row.split('|')[1].matchAll(/`([^`]+)`/g)].map(([, name]) => name));
  const fields = Object.keys(experimentSchema.shape).filter((name) => name !== '$schema');
  expect(fields.filter((name) => !named.includes(name))).toEqual([]);
});

it('experiments on other pages are ones, but for their data', () => {
  for (const page of PAGES)
    for (const block of blocksOf(page, 'yaml').filter((text) => /^datasets:/m.test(text)))
      expect(
        experimentSchema.safeParse(parse(block)).error,
        `${relative('docs', page)}: ${block}`,
      ).toBeUndefined();
});

it('the version is the same where it is cited', () => {
  const { version, license } = JSON.parse(read('package.json'));
  const citation = parse(read('CITATION.cff'));
  expect([citation.version, citation.license]).toEqual([version, license]);
  expect(read('CHANGELOG.md')).toContain(`\n## [${version}] - `);
});

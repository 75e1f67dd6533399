import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../../src/platform/folders.js';

it('what pages quote is what results/, docs/speed.md and src/layout.json say', async () => {
  const script = new URL('../../scripts/excerpts/excerpts.mjs', import.meta.url).href;
  const { pagesWithExcerpts } = (await import(script)) as {
    pagesWithExcerpts(): Promise<Map<string, string>>;
  };
  const pages = await pagesWithExcerpts();
  expect(pages.get('README.md')).toContain('are not distinguishable');
  for (const [path, text] of pages)
    expect(
      readFileSync(join(PACKAGE_ROOT, path), 'utf8'),
      `${path}: \`npm run make:excerpts\` writes it anew`,
    ).toBe(text);
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../../src/platform/folders.js';

const DOCS = join(PACKAGE_ROOT, 'docs');

it('docs/units.md and its pictures are what the script makes of the equations', async () => {
  const script = new URL('../../scripts/unit-docs/docs.mjs', import.meta.url).href;
  const { unitDocs } = (await import(script)) as { unitDocs(): Promise<Map<string, string>> };
  const made = await unitDocs();
  for (const [path, text] of made)
    expect(readFileSync(join(DOCS, path), 'utf8'), `${path}: \`npm run make:unit-docs\` writes it anew`).toBe(
      text,
    );
  const pictures = readdirSync(join(DOCS, 'units')).filter((name) => name.endsWith('.svg'));
  expect(pictures.map((name) => `units/${name}`).sort()).toEqual(
    [...made.keys()].filter((path) => path.endsWith('.svg')).sort(),
  );
  for (const picture of pictures)
    expect(made.get('units.md'), 'every picture is shown').toContain(`(units/${picture})`);
});

// Writes into README.md, CONTRIBUTING.md and docs/results.md what they quote of other files, and draws docs/verdicts.svg.
import { writeFileSync } from 'node:fs';
import { pagesWithExcerpts } from './excerpts.mjs';

for (const [path, text] of await pagesWithExcerpts())
  writeFileSync(new URL(`../../${path}`, import.meta.url), text);

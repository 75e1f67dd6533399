// Writes into README.md, CONTRIBUTING.md and pages of docs/ what they quote of other files, and draws their figures.
import { writeFileSync } from 'node:fs';
import { pagesWithExcerpts } from './excerpts.mjs';

for (const [path, text] of await pagesWithExcerpts())
  writeFileSync(new URL(`../../${path}`, import.meta.url), text);

import type { Findings } from '../findings.js';
import { verdictOf } from '../verdict/verdict.js';
import { itemsPart, type Section } from './section.js';

/** What a report answers first: a sentence a data set. */
export function verdictSection(findings: Findings): Section {
  const items = verdictOf(findings).datasets.map(({ dataset, sentence }) => ({
    lead: dataset,
    text: sentence,
  }));
  return { id: 'verdict', title: 'Verdict', parts: itemsPart(items) };
}

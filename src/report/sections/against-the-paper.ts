import { averagingRule } from '../averaging.js';
import { claims } from '../claims.js';
import type { Findings } from '../findings.js';
import { itemsPart, notesPart, type Section } from './section.js';

/** Which of the paper's claims are found here too. */
export function againstThePaperSection(findings: Findings): Section {
  const items = claims(findings).map(({ claim, verdict, evidence }) => ({
    lead: verdict,
    text: claim,
    more: evidence,
  }));
  const notes = items.length > 0 ? [averagingRule(findings)] : [];
  return { id: 'paper', title: 'Against the paper', parts: [...itemsPart(items), ...notesPart(notes)] };
}

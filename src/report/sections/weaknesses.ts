import { type Findings, hasManyUnits } from '../findings.js';
import { verdictOf } from '../verdict/verdict.js';
import { groupedWarningTexts, warningText } from '../verdict/warnings.js';
import { type Item, itemsPart, type Section } from './section.js';

/** What weakens the numbers. */
export function weaknessesSection(findings: Findings): Section {
  return {
    id: 'weaknesses',
    title: 'What weakens these numbers',
    short: 'Weaknesses',
    parts: itemsPart(weaknesses(findings)),
  };
}

/** A line each, after the data sets of which it is true. */
function weaknesses(findings: Findings): Item[] {
  const datasets = new Map<string, string[]>();
  const isOfMany = hasManyUnits(findings);
  const { unitTitle } = findings;
  for (const { dataset, warnings } of verdictOf(findings).datasets)
    for (const line of isOfMany
      ? groupedWarningTexts(warnings, unitTitle)
      : warnings.map((one) => warningText(one, unitTitle)))
      datasets.set(line, [...(datasets.get(line) ?? []), dataset]);
  return [...datasets].map(([line, names]) => ({ lead: names.join(', '), text: `${line}.` }));
}

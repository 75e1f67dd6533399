import type { Findings } from '../findings.js';
import { againstThePaperSection } from './against-the-paper.js';
import { costSection } from './cost.js';
import { curvesSection } from './curves.js';
import { differencesSection } from './differences.js';
import { figure2Section } from './figure-2.js';
import { howSection } from './how.js';
import { nllSection } from './negative-log-likelihood.js';
import { overDataSetsSection } from './over-data-sets.js';
import type { Section } from './section.js';
import { verdictSection } from './verdict.js';
import { weaknessesSection } from './weaknesses.js';

/** What a report says, from the answer to how it was come by; without what an experiment has nothing of. */
export function reportSections(findings: Findings): Section[] {
  return [
    verdictSection,
    weaknessesSection,
    differencesSection,
    overDataSetsSection,
    nllSection,
    curvesSection,
    figure2Section,
    againstThePaperSection,
    costSection,
    howSection,
  ]
    .map((sectionOf) => sectionOf(findings))
    .filter(({ parts }) => parts.length > 0);
}

import { RULES, type Rule } from '../averaging.js';
import type { TextTable } from '../text-table.js';

/** A stretch of a report: what it says, in plain text, which terminal, Markdown and page each show in their way. */
export interface Section {
  /** Names it in addresses. */
  readonly id: SectionId;
  readonly title: string;
  /** How contents call it, where that is not its title. */
  readonly short?: string;
  /** One without any is left out. */
  readonly parts: readonly Part[];
}

export type SectionId =
  | 'verdict'
  | 'weaknesses'
  | 'differences'
  | 'over'
  | 'nll'
  | 'curves'
  | 'figure-2'
  | 'paper'
  | 'cost'
  | 'how';

export type Part = ItemsPart | TablePart | NotesPart;

/** Things of one kind, and what there is to say of each. */
export interface ItemsPart {
  readonly kind: 'items';
  readonly items: readonly Item[];
}

export interface Item {
  /** What it is about. */
  readonly lead: string;
  readonly text: string;
  /** What stands behind it. */
  readonly more?: string;
}

export interface TablePart {
  readonly kind: 'table';
  readonly table: TextTable;
  /** The average that it is by, where there is one by each. */
  readonly rule?: Rule;
  /** What a terminal shows in its place, which has less room. */
  readonly onTerminal?: TextTable | 'nothing';
}

export interface NotesPart {
  readonly kind: 'notes';
  readonly paragraphs: readonly string[];
  /** What they tell, where they are so long that the page folds them away. */
  readonly summary?: string;
  /** What a terminal shows in their place. */
  readonly onTerminal?: readonly string[];
}

/** Of two averages a terminal shows the one that training goes by. */
export const shownOf = (rule: Rule): Pick<TablePart, 'onTerminal'> =>
  rule === RULES[0] ? {} : { onTerminal: 'nothing' };

/** @returns none where there are no items */
export const itemsPart = (items: readonly Item[]): ItemsPart[] =>
  items.length === 0 ? [] : [{ kind: 'items', items }];

/** @returns none where there is no table */
export const tablePart = (table: TextTable | undefined, more: Partial<TablePart> = {}): TablePart[] =>
  table === undefined ? [] : [{ kind: 'table', table, ...more }];

/** @returns none where there are no paragraphs */
export const notesPart = (paragraphs: readonly string[], more: Partial<NotesPart> = {}): NotesPart[] =>
  paragraphs.length === 0 ? [] : [{ kind: 'notes', paragraphs, ...more }];

/** Whether a table of a section has a heading of its own: that of the section is that of a table of the same title too. */
export const hasHeading = (section: Section, { table }: TablePart): boolean => table.title !== section.title;

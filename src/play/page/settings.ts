import { PIANO_KEYS } from '../../data/sequence.js';
import { recurrentParameters } from '../../model/graph/parameters.js';
import { paperSpec, parameterCount } from '../../model/spec.js';
import { UNITS } from '../../model/units/registry.js';
import { countOf } from '../../platform/format-number.js';
import type { MusicSummary, RunFields } from '../messages.js';
import type { DescribedUnit } from './assets.js';
import { byId, make } from './dom.js';
import { equationLines } from './equations.js';

const hidden = byId<HTMLInputElement>('hidden');
const epochs = byId<HTMLInputElement>('epochs');
const rate = byId<HTMLInputElement>('rate');
const seed = byId<HTMLInputElement>('seed');

/** @returns the fields as they stand, right or not: who trains checks them */
export function readFields(): RunFields {
  return {
    unit: chosenUnit(),
    ...(hidden.value.trim() !== '' && { hidden: numberOf(hidden) }),
    epochs: numberOf(epochs),
    learningRate: numberOf(rate),
    seed: numberOf(seed),
  };
}

/** An empty field is no number either. */
function numberOf({ value }: HTMLInputElement): number {
  return value.trim() === '' ? Number.NaN : Number(value.replace(',', '.'));
}

/** In one line, the first field that holds no number. */
export function wrongField(): string | undefined {
  const fields = [hidden, epochs, rate, seed].filter(
    (field) => field !== hidden || field.value.trim() !== '',
  );
  const wrong = fields.find((field) => Number.isNaN(numberOf(field)));
  if (!wrong) return undefined;
  wrong.focus();
  const label = wrong.labels?.[0]?.textContent.trim();
  return `${[label, wrong.value.trim()].filter(Boolean).join(' ')}: has to be a number`;
}

export function chosenUnit(): string {
  return document.querySelector<HTMLInputElement>('input[name=unit]:checked')?.value ?? 'gru';
}

export function unitTitle(name: string): string {
  return UNITS.find((unit) => unit.name === name)?.title ?? name;
}

/** Fills in the units to choose from. @param onChange told after each change of the form */
export function showSettings(units: readonly DescribedUnit[], onChange: () => void): void {
  const options = units.map(({ data }) =>
    make(
      'label',
      {},
      make('input', { type: 'radio', name: 'unit', value: data.name, checked: data.name === 'gru' }),
      make('span', {}, data.title),
    ),
  );
  byId('units').replaceChildren(...options);
  const changed = () => {
    const unit = units.find(({ data }) => data.name === chosenUnit());
    if (unit) showUnit(unit);
    showSize();
    onChange();
  };
  byId('units').addEventListener('change', changed);
  byId('form').addEventListener('input', (event) => {
    if ((event.target as HTMLInputElement).name !== 'unit') changed();
  });
  changed();
}

function showUnit({ data, figure }: DescribedUnit): void {
  byId('equations').replaceChildren(...equationLines(data.equations));
  byId('source').textContent =
    `${data.source}. x is the frame, h₋ the hidden state before, σ the logistic function, ⊙ the product entry by entry.`;
  byId('figure').innerHTML = figure;
}

function showSize(): void {
  const unit = UNITS.find(({ name }) => name === chosenUnit());
  if (!unit) return;
  const equal = paperSpec('music', unit).hiddenSize;
  hidden.placeholder = String(equal);
  const own = numberOf(hidden);
  const isEqual = hidden.value.trim() === '';
  const H = isEqual ? equal : own;
  if (!Number.isInteger(H) || H < 1) {
    byId('size').textContent = '';
    return;
  }
  const recurrent = countOf(recurrentParameters(unit, PIANO_KEYS, H));
  const all = countOf(parameterCount({ ...paperSpec('music', unit), hiddenSize: H }));
  const counts = `${recurrent} recurrent parameters, ${all} in all`;
  byId('size').textContent = isEqual
    ? `Left empty, ${equal} hidden units: ${counts}, about as many as each other unit gets.`
    : `${counts}.`;
}

/**
 * The command that gives the same digits.
 *
 * @param demo name of the music that is embedded
 * @param own what the user gave in its place
 */
export function commandLine(fields: RunFields, demo: string, own: MusicSummary | undefined): string {
  const options = [
    ['--model', fields.unit],
    ['--dataset', own ? 'FOLDER' : demo],
    ['--split-seed', own?.splitSeed],
    ['--hidden', fields.hidden],
    ['--epochs', fields.epochs],
    ['--learning-rate', isDefault(rate) ? undefined : fields.learningRate],
    ['--seed', isDefault(seed) ? undefined : fields.seed],
  ];
  const words = options.flatMap(([flag, value]) => (value === undefined ? [] : [flag, value]));
  return ['gru-bench', 'train', ...words, ...(own && own.broken.length > 0 ? ['--skip-broken'] : [])].join(
    ' ',
  );
}

function isDefault(field: HTMLInputElement): boolean {
  return numberOf(field) === Number(field.defaultValue);
}

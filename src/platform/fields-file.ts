import { isMap, isPair, isScalar, LineCounter, type ParsedNode, parseDocument } from 'yaml';
import { Misuse } from './failure.js';
import { readBounded } from './read-file.js';

/** Where a field is: keys, and numbers in lists. */
export type FieldPath = readonly PropertyKey[];

/** A file of fields that a user writes, and where in it each one stands. */
export interface FieldsFile {
  readonly content: unknown;
  isWritten(field: FieldPath): boolean;
  /** `my.yaml, line 3: datasets[0].dataset`; of a field that is not there, the line of what it would be in. */
  placeOf(field: FieldPath): string;
}

/** Bytes; such a file has some dozens of lines. */
const LARGEST_FILE = 1024 * 1024;

/**
 * Reads a file of fields, YAML or JSON.
 *
 * @param cureOf what to write in place of a line that YAML takes for something else, where that is known
 * @throws Failure when it cannot be read; Misuse that names file and line where it is no YAML
 */
export function readFieldsFile(
  path: string,
  cureOf: (line: string) => string | undefined = () => undefined,
): FieldsFile {
  const lines = new LineCounter();
  const text = readBounded(path, LARGEST_FILE).toString('utf8');
  const document = parseDocument(text, { lineCounter: lines, logLevel: 'error' });
  // A tag that is not known, such as !log, would be passed over.
  const [error] = [...document.errors, ...document.warnings];
  if (error) {
    const { line } = lines.linePos(error.pos[0]);
    const what = error.message.split('\n')[0].replace(/ at line .*$/, '');
    const cure = cureOf(text.split('\n')[line - 1]);
    const told = cure === undefined ? what : `${cure} (${what})`;
    throw new Misuse(`${path}, line ${line}: ${error.code === 'MULTIPLE_DOCS' ? ONE_DOCUMENT : told}`);
  }
  return {
    content: toPlain(document, path),
    isWritten: (field) => document.hasIn(field),
    placeOf(field) {
      const { line } = lines.linePos(offsetOf(document.contents, field));
      return [`${path}, line ${line}`, nameOf(field)].filter(Boolean).join(': ');
    },
  };
}

const ONE_DOCUMENT = 'a second document begins here (---), and a file has one';

function toPlain(document: ReturnType<typeof parseDocument>, path: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw new Misuse(`${path}: ${(error as Error).message.split('\n')[0]}`);
  }
}

/** datasets[2].search.draws, hiddenUnits["./my-unit.mjs"] */
function nameOf(field: FieldPath): string {
  const stepOf = (key: PropertyKey) => {
    if (typeof key === 'number') return `[${key}]`;
    return /[^\w$-]/.test(String(key)) ? `[${JSON.stringify(key)}]` : `.${String(key)}`;
  };
  return field.map(stepOf).join('').replace(/^\./, '');
}

/** Where a field, or the nearest thing around it that is there, begins in the file. */
function offsetOf(contents: ParsedNode | null, field: FieldPath): number {
  let node: unknown = contents;
  let offset = 0;
  for (const key of field) {
    if (!isMap(node) && typeof key === 'string') return offset;
    const next: unknown = isMap(node)
      ? node.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === key)
      : (node as { items?: unknown[] } | null)?.items?.[key as number];
    if (next === undefined) return offset;
    const place = isPair(next) ? next.key : next;
    offset = (place as ParsedNode).range?.[0] ?? offset;
    node = isPair(next) ? next.value : next;
  }
  return offset;
}

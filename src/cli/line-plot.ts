import { tickStep, ticks } from 'd3-array';
import { curveExtent } from '../report/plots/curve-extent.js';
import { hasColours, styled } from './colour.js';

/** One line of a plot. */
interface PlotLine {
  /** What marks it on the plot, so that lines can be told apart without colours. */
  readonly mark: string;
  /** x ascending. Points whose y is not finite are left out. */
  readonly points: readonly (readonly [x: number, y: number])[];
}

interface PlotSize {
  /** Columns of the terminal. */
  readonly columns: number;
  /** Rows of the plotting area. */
  readonly rows: number;
}

type Style = Parameters<typeof styled>[0];

const STYLES: readonly Style[] = ['cyan', 'yellow', 'green', 'magenta', 'blue', 'red'];

/** A text in the colour of a line of a plot, in the order of the lines. */
export function inLineColour(line: number, text: string): string {
  return styled(STYLES[line % STYLES.length], text);
}

/** Dots of a braille character, across and down, and the bit of each in Unicode's block of them. */
const [DOTS_ACROSS, DOTS_DOWN] = [2, 4];
const DOT_BITS = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
];
const BRAILLE = 0x2800;

/** Whether a terminal can be thought to show braille: the console of Linux does not, nor any that is not UTF-8. */
function hasBraille(): boolean {
  const { TERM, LC_ALL, LC_CTYPE, LANG } = process.env;
  const locale = LC_ALL || LC_CTYPE || LANG;
  return TERM !== 'linux' && (!locale || /utf-?8/i.test(locale));
}

/** A character of the plot: its dots or text, and whose it is. */
interface Place {
  dots: number;
  text: string;
  line: number;
}

/** Columns that a plot takes at least beside its axis. */
const NARROWEST = 12;
/** Columns between two marks of a line, about. */
const BETWEEN_MARKS = 40;

/**
 * Lines over a common x axis, drawn in braille dots, each marked by its own text along the way.
 *
 * @returns rows of text; none where nothing can be drawn: a single point, or no room
 */
export function linePlot(lines: readonly PlotLine[], xTitle: string, size: PlotSize): string[] {
  const points = lines.map((line) =>
    line.points.filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y)),
  );
  const extent = curveExtent(points);
  if (extent === undefined) return [];
  const { x, y } = extent;
  const yTicks = numberTicks(y, Math.max(2, Math.round(size.rows / 3)));
  const gutter = Math.max(...yTicks.map(({ text }) => text.length)) + 2;
  // The last column stays free: behind it, terminals differ in where the cursor is.
  const columns = size.columns - gutter - 1;
  if (columns < NARROWEST) return [];
  const place = {
    column: (value: number) => ((value - x[0]) / (x[1] - x[0])) * (columns * DOTS_ACROSS - 1),
    row: (value: number) => ((y[1] - value) / (y[1] - y[0])) * (size.rows * DOTS_DOWN - 1),
  };
  const canvas = Array.from({ length: size.rows }, () =>
    Array.from({ length: columns }, (): Place => ({ dots: 0, text: '', line: 0 })),
  );
  const paths = points.map((one) => one.map(([px, py]): Dot => [place.column(px), place.row(py)]));
  for (const [i, path] of paths.entries()) drawPath(canvas, path, i);
  for (const [i, path] of paths.entries()) putMarks(canvas, path, i, lines);
  const labels = new Map(yTicks.map(({ value, text }) => [Math.floor(place.row(value) / DOTS_DOWN), text]));
  const isFine = hasBraille();
  return [
    ...canvas.map((row, r) => {
      const label = labels.get(r);
      const axis = isFine ? (label === undefined ? '│' : '┤') : '|';
      return `${(label ?? '').padStart(gutter - 2)} ${axis}${rowText(row, lines, isFine)}`.trimEnd();
    }),
    ...xAxis(numberTicks(x, Math.round(columns / 14)), xTitle, {
      gutter,
      columns,
      columnOf: (value) => Math.floor(place.column(value) / DOTS_ACROSS),
      isFine,
    }),
  ];
}

type Dot = readonly [column: number, row: number];
type Canvas = Place[][];

function drawPath(canvas: Canvas, path: readonly Dot[], line: number): void {
  const set = ([column, row]: Dot) => {
    const [c, r] = [Math.round(column), Math.round(row)];
    const place = canvas[Math.floor(r / DOTS_DOWN)]?.[Math.floor(c / DOTS_ACROSS)];
    if (!place) return;
    place.dots |= DOT_BITS[r % DOTS_DOWN][c % DOTS_ACROSS];
    place.line = line;
  };
  for (const [i, [column, row]] of path.entries()) {
    const [fromColumn, fromRow] = path[Math.max(i - 1, 0)];
    const [across, down] = [column - fromColumn, row - fromRow];
    const [first, last] = shareWithin(fromRow, down, canvas.length * DOTS_DOWN);
    const steps = Math.ceil(Math.max(Math.abs(across), Math.abs(down)) * (last - first)) + 1;
    for (let step = 0; step <= steps && first <= last; step++) {
      const share = first + (step / steps) * (last - first);
      set([fromColumn + share * across, fromRow + share * down]);
    }
  }
}

/** The shares of the way between which a way down is within rows 0 to `rows`; the first above the last where it never is. */
function shareWithin(from: number, down: number, rows: number): readonly [first: number, last: number] {
  if (down === 0) return [0, 1];
  const ends = [-from / down, (rows - from) / down];
  return [Math.max(0, Math.min(...ends)), Math.min(1, Math.max(...ends))];
}

/** Puts a line's mark on it every so often, each line's at other columns, and one at its end where there is room. */
function putMarks(canvas: Canvas, path: readonly Dot[], line: number, lines: readonly PlotLine[]): void {
  const { mark } = lines[line];
  const columns = canvas[0].length;
  const spacing = Math.max(BETWEEN_MARKS, lines.length * (mark.length + 3));
  const end = Math.floor((path.at(-1)?.[0] ?? 0) / DOTS_ACROSS);
  const shift = Math.round((spacing * (line + 1)) / (lines.length + 1));
  const wanted = Array.from({ length: Math.ceil(columns / spacing) }, (_, i) => shift + i * spacing);
  let hasMark = false;
  for (const column of wanted.filter((one) => one <= end))
    hasMark = putMark(canvas, path, line, column, mark) || hasMark;
  // A short line may have none yet: then at the first place from its end that is free.
  for (let column = end; column >= 0 && !hasMark; column--)
    hasMark = putMark(canvas, path, line, column, mark);
}

/** @returns false where another mark is in the way, or the line is outside */
function putMark(canvas: Canvas, path: readonly Dot[], line: number, column: number, mark: string): boolean {
  const first = Math.max(Math.min(column, canvas[0].length - mark.length), 0);
  const row = rowAt(path, (first + mark.length / 2) * DOTS_ACROSS);
  const places = canvas[Math.floor(Math.round(row) / DOTS_DOWN)] ?? [];
  const around = places.slice(Math.max(first - 1, 0), first + mark.length + 1);
  if (places.length === 0 || around.some(({ text }) => text !== '')) return false;
  for (const [i, character] of [...mark].entries()) places[first + i] = { dots: 0, text: character, line };
  return true;
}

/** The row of a path where it passes a column; that of its nearer end outside. */
function rowAt(path: readonly Dot[], column: number): number {
  const after = path.findIndex((dot) => dot[0] >= column);
  if (after <= 0) return path.at(after)?.[1] ?? Number.NaN;
  const [[fromColumn, fromRow], [toColumn, toRow]] = [path[after - 1], path[after]];
  return fromRow + ((toRow - fromRow) * (column - fromColumn)) / (toColumn - fromColumn);
}

function rowText(row: readonly Place[], lines: readonly PlotLine[], isFine: boolean): string {
  let text = '';
  for (let c = 0; c < row.length; ) {
    const { line } = row[c];
    let run = '';
    // Neighbours of one colour share its codes.
    for (; c < row.length && (row[c].line === line || isEmpty(row[c])); c++)
      run += character(row[c], lines, isFine);
    text += run.trim() === '' ? run : inLineColour(line, run);
  }
  return hasColours(process.stdout) ? text : text.trimEnd();
}

const isEmpty = ({ dots, text }: Place) => dots === 0 && text === '';

function character(place: Place, lines: readonly PlotLine[], isFine: boolean): string {
  if (place.text !== '') return place.text;
  if (place.dots === 0) return ' ';
  return isFine ? String.fromCodePoint(BRAILLE + place.dots) : lines[place.line].mark[0];
}

interface Tick {
  readonly value: number;
  readonly text: string;
}

/** Round numbers within a range, all with as many decimals as tell them apart. */
function numberTicks([low, high]: readonly [number, number], count: number): Tick[] {
  const decimals = Math.max(0, -Math.floor(Math.log10(tickStep(low, high, count)) + 1e-9));
  const isPlain = decimals < 8 && Math.max(Math.abs(low), Math.abs(high)) < 1e7;
  const format = (value: number) =>
    isPlain ? value.toFixed(decimals) : String(Number(value.toPrecision(5)));
  return ticks(low, high, count).map((value) => ({ value, text: format(value) }));
}

/** The axis below a plot: its line, its numbers as far as they do not touch, and its title at the right. */
function xAxis(
  all: readonly Tick[],
  title: string,
  where: { gutter: number; columns: number; columnOf: (value: number) => number; isFine: boolean },
): string[] {
  const { gutter, columns, columnOf, isFine } = where;
  const [corner, dash, tick] = isFine ? ['└', '─', '┬'] : ['+', '-', '+'];
  const axis = Array.from({ length: columns }, () => dash);
  const room = columns - title.length - 2;
  let numbers = '';
  for (const { value, text } of all) {
    const column = columnOf(value);
    const start = Math.max(column - Math.floor(text.length / 2), 0);
    if (start + text.length > room || (numbers !== '' && start < numbers.length + 2)) continue;
    axis[column] = tick;
    numbers = numbers.padEnd(start) + text;
  }
  return [
    `${' '.repeat(gutter - 1)}${corner}${axis.join('')}`,
    `${' '.repeat(gutter)}${numbers.padEnd(columns - title.length)}${title}`,
  ];
}

/** @typedef {import('@xterm/headless').Terminal} Terminal */
/** @typedef {import('@xterm/headless').IBufferCell} Cell */

/** Pixels of a character, of the margin, and of a letter's size. */
const [WIDTH, HEIGHT, MARGIN, SIZE] = [8, 18, 16, 13.3];

/** Colours of a light and of a dark page: the ground, its edge, text, faint text, and a terminal's by their numbers. */
const THEMES = {
  light: {
    ...{ ground: '#ffffff', edge: '#d1d9e0', text: '#1f2328', faint: '#59636e' },
    colours: ['#24292f', '#cf222e', '#116329', '#9a4a00', '#0550ae', '#8250df', '#1b6c85', '#59636e'],
  },
  dark: {
    ...{ ground: '#0d1117', edge: '#3d444d', text: '#f0f3f6', faint: '#9ea7b3' },
    colours: ['#9ea7b3', '#ff7b72', '#3fb950', '#f0a050', '#79c0ff', '#d2a8ff', '#56d4dd', '#f0f3f6'],
  },
};

/**
 * All that stands on a terminal as an SVG that looks the same without the terminal's font: braille and lines are drawn,
 * and letters are held to their columns.
 *
 * @param {Terminal} terminal
 * @param {string} title
 */
export function screenSvg(terminal, title) {
  const rows = cellsOf(terminal);
  const [width, height] = [2 * MARGIN + WIDTH * terminal.cols, 2 * MARGIN + HEIGHT * rows.length];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${escaped(title)}</title>
<style>
text{font:${SIZE}px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace}
.bold{font-weight:bold}
path{fill:none;stroke-linecap:round}
.dots{stroke-width:2.5}
.lines{stroke-width:1;stroke-linecap:square}
${styleOf(THEMES.light)}
@media (prefers-color-scheme:dark){
${styleOf(THEMES.dark)}
}
</style>
<rect class="ground" x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="8"/>
${rows.flatMap(rowSvg).join('\n')}
</svg>
`;
}

/** @param {typeof THEMES['light']} theme */
function styleOf({ ground, edge, text, faint, colours }) {
  const both = (/** @type {string} */ name, /** @type {string} */ colour) =>
    `text.${name}{fill:${colour}}path.${name}{stroke:${colour}}`;
  return [
    `.ground{fill:${ground};stroke:${edge}}`,
    both('plain', text),
    both('faint', faint),
    ...colours.map((colour, number) => both(`c${number}`, colour)),
  ].join('\n');
}

/**
 * @typedef {object} Shown
 * @property {string} text one character; empty where nothing is
 * @property {string} look its classes
 */

/** The rows up to the last that is not empty. @param {Terminal} terminal @returns {Shown[][]} */
function cellsOf(terminal) {
  const { active } = terminal.buffer;
  const rows = Array.from({ length: active.length }, (_, y) =>
    Array.from({ length: terminal.cols }, (_, x) => shown(active.getLine(y)?.getCell(x))),
  );
  const last = rows.findLastIndex((row) => row.some(({ text }) => text !== ''));
  return rows.slice(0, last + 1);
}

/** @param {Cell | undefined} cell @returns {Shown} */
function shown(cell) {
  const text = cell?.getChars().trim() ?? '';
  if (!cell || text === '') return { text: '', look: '' };
  const plain = cell.isDim() ? 'faint' : 'plain';
  const colour = cell.isFgPalette() ? `c${cell.getFgColor() % 8}` : plain;
  return { text, look: cell.isBold() ? `${colour} bold` : colour };
}

/** @param {Shown[]} row @param {number} y @returns {string[]} */
function rowSvg(row, y) {
  const top = MARGIN + HEIGHT * y;
  return [...piecesOf(row)].map(({ kind, look, from, to }) => {
    const left = MARGIN + WIDTH * from;
    const cells = row.slice(from, to);
    if (kind === 'text') {
      const text = cells.map((one) => one.text || ' ').join('');
      return `<text class="${look}" x="${left}" y="${top + 13}" textLength="${WIDTH * (to - from)}" lengthAdjust="spacingAndGlyphs">${escaped(text)}</text>`;
    }
    const draw = kind === 'dots' ? dots : lines;
    return `<path class="${look} ${kind}" d="${cells.map((one, i) => draw(one.text, left + WIDTH * i, top)).join('')}"/>`;
  });
}

/** Stretches of a row that look alike; a single space does not part words. @param {Shown[]} row */
function* piecesOf(row) {
  let from = 0;
  while (from < row.length) {
    const { text, look } = row[from];
    if (text === '') {
      from++;
      continue;
    }
    const kind = kindOf(text);
    let to = from + 1;
    while (
      to < row.length &&
      (goesOn(row[to], kind, look) ||
        (kind === 'text' && row[to].text === '' && to + 1 < row.length && goesOn(row[to + 1], kind, look)))
    )
      to++;
    yield { kind, look, from, to };
    from = to;
  }
}

/** @param {Shown} cell @param {string} kind @param {string} look */
const goesOn = (cell, kind, look) => cell.text !== '' && cell.look === look && kindOf(cell.text) === kind;

/** @param {string} text */
function kindOf(text) {
  if (text >= '\u2800' && text <= '\u28ff') return 'dots';
  return text in ARMS ? 'lines' : 'text';
}

/** Which of its eight dots a braille character has, by the bits of its code: column and row. */
const DOTS = [
  [0, 0],
  [0, 1],
  [0, 2],
  [1, 0],
  [1, 1],
  [1, 2],
  [0, 3],
  [1, 3],
];

/** @param {string} text @param {number} left @param {number} top */
function dots(text, left, top) {
  const bits = text.charCodeAt(0) - 0x2800;
  return DOTS.filter((_, bit) => bits & (1 << bit))
    .map(([x, y]) => `M${left + WIDTH * (0.25 + 0.5 * x)} ${top + HEIGHT * (0.125 + 0.25 * y)}h0`)
    .join('');
}

/** Where the lines of a character lead from its middle: up, right, down, left. */
const ARMS = /** @type {Record<string, string>} */ ({
  ...{ '─': 'rl', '│': 'ud', '┌': 'rd', '┐': 'dl', '└': 'ur', '┘': 'ul' },
  ...{ '├': 'urd', '┤': 'udl', '┬': 'rdl', '┴': 'url', '┼': 'urdl' },
});

/** @param {string} text @param {number} left @param {number} top */
function lines(text, left, top) {
  const [x, y] = [left + WIDTH / 2, top + HEIGHT / 2];
  const ends = /** @type {Record<string, string>} */ ({
    u: `V${top}`,
    d: `V${top + HEIGHT}`,
    l: `H${left}`,
    r: `H${left + WIDTH}`,
  });
  return [...ARMS[text]].map((arm) => `M${x} ${y}${ends[arm]}`).join('');
}

/** @param {string} text */
const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

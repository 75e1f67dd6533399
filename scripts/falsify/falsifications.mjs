import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * One number of an experiment's results, made another.
 *
 * @typedef {object} Falsification
 * @property {string} file path in the results' folder
 * @property {string} what
 * @property {(bytes: Buffer) => Buffer} alter
 * @property {boolean} [byChecksum] whether the files hold it by nothing but its checksum
 * @property {boolean} [atNoLine] whether what holds it knows no line, such as a figure of a whole curve
 */

const NLLS = ['train_nll', 'valid_nll', 'test_nll'].flatMap((name) => [name, `${name}_per_sequence`]);

/** What of a curve neither figures nor the page show: the checksum alone holds it where it is not of the best epoch. */
const UNSEEN = NLLS.filter((name) => name.endsWith('_per_sequence')).concat('gradient_norm');

/** What table, pages and figures show of a trial: for one other than the best, what they give together holds it. */
const SHOWN = NLLS.concat('seconds_an_epoch', 'skipped_updates');

/**
 * One number of each kind in each file of an experiment's results.
 *
 * @param {string} folder
 * @returns {Falsification[]}
 */
export function falsifications(folder) {
  return [
    ...ofResults(folder),
    ...ofCurves(folder),
    ...ofOtherTables(folder),
    ...ofCheckpoints(folder),
    ...ofReport(),
    ...ofFigures(folder),
    ...ofExperiment(),
    { file: 'checksums.sha256', what: 'a checksum', alter: inText(/^[0-9a-f]/m, otherHex), byChecksum: true },
  ];
}

/** @param {string} folder @returns {Falsification[]} */
function ofResults(folder) {
  const rows = rowsOf(join(folder, 'results.csv'));
  const further = rows.find(({ cells }) => cells.seed !== rows[0].cells.seed);
  if (!further) throw new Error('the results have no further seeds');
  /** @param {typeof rows[0]} row */
  const isOfCell = ({ cells }) =>
    cells.dataset === further.cells.dataset && cells.unit === further.cells.unit;
  const search = rows.filter(isOfCell).filter(({ cells }) => cells.seed === rows[0].cells.seed);
  const best = search.find(({ cells }) => cells.draw === further.cells.draw);
  const other = search.find(({ cells }) => cells.draw !== further.cells.draw);
  const all = Object.entries({ best, further, other }).flatMap(([who, row]) => {
    if (!row) return [];
    const columns = Object.keys(row.cells).filter((name) => !['dataset', 'unit', 'status'].includes(name));
    return columns.map((name) => ({
      file: 'results.csv',
      what: `${name} of the ${who} trial`,
      alter: inCell(row.line, name, otherNumber),
      atNoLine: isHeldTogether(who, name),
    }));
  });
  const { line } = further;
  return [
    ...all,
    {
      file: 'results.csv',
      what: 'a status',
      alter: inCell(line, 'status', (text) => (text === 'patience' ? 'all epochs' : 'patience')),
    },
    {
      file: 'results.csv',
      what: 'a row less',
      alter: inLines((lines) => lines.toSpliced(line - 1, 1)),
      atNoLine: true,
    },
    ...['test_nll', 'test_nll_per_sequence'].map((name) => ({
      file: 'results.csv',
      what: `${name} of the further trial, by more than chaos moves it`,
      alter: inCell(line, name, (text) => String(Number(text) + 0.05)),
    })),
    {
      file: 'results.csv',
      what: 'a row twice',
      alter: inLines((lines) => lines.toSpliced(line, 0, lines[line - 1])),
    },
  ];
}

/** @param {string} trial @param {string} column */
function isHeldTogether(trial, column) {
  // Of an even number of epochs, more than one number is a median.
  if (column === 'seconds_an_epoch') return true;
  if (trial === 'best') return false;
  // So little may be the chaos of a network, which a second evaluation leaves open.
  return SHOWN.includes(column);
}

/** @param {string} folder @returns {Falsification[]} */
function ofCurves(folder) {
  const [name] = readdirSync(join(folder, 'curves')).sort();
  const file = `curves/${name}`;
  const rows = rowsOf(join(folder, file));
  const lowest = Math.min(...rows.map(({ cells }) => Number(cells.valid_nll)));
  const best = rows.findIndex(({ cells }) => Number(cells.valid_nll) === lowest);
  const others = rows.filter((_, i) => i !== best);
  const other = others[Math.floor(others.length / 2)];
  const columns = Object.keys(other.cells);
  return [
    ...NLLS.map((column) => ({
      file,
      what: `${column} of the best epoch`,
      alter: inCell(rows[best].line, column, otherNumber),
      // Another epoch may then be the best.
      atNoLine: column === 'valid_nll',
    })),
    ...columns.map((column) => ({
      file,
      what: `${column} of another epoch`,
      alter: inCell(other.line, column, otherNumber),
      byChecksum: UNSEEN.includes(column),
      // Figures draw a whole curve; results.csv has the sum of its skipped updates.
      atNoLine: ['wall_clock_s', 'train_nll', 'valid_nll', 'test_nll', 'skipped_updates'].includes(column),
    })),
  ];
}

/** @param {string} folder @returns {Falsification[]} */
function ofOtherTables(folder) {
  const files = ['table2.csv', 'comparisons.csv', 'reevaluation.csv', 'sequence-nll.csv', 'short-runs.csv'];
  return files.flatMap((file) => {
    const [row] = rowsOf(join(folder, file));
    return Object.entries(row.cells)
      .filter(([, text]) => text !== '' && !Number.isNaN(Number(text)))
      .map(([column]) => ({
        file,
        what: column,
        alter: inCell(row.line, column, otherNumber),
        byChecksum: file === 'short-runs.csv' && NLLS.includes(column),
        // A seed becomes the next row's, which is then there twice; an NLL moves no further than chaos may move it, and
        // one of a sequence no further than the sum of all may.
        atNoLine:
          (file === 'reevaluation.csv' && column !== 'draw') ||
          (file === 'sequence-nll.csv' && column === 'nll'),
      }))
      .concat(
        'sha256' in row.cells
          ? [
              {
                file,
                what: 'sha256',
                alter: inCell(row.line, 'sha256', otherHex),
                byChecksum: false,
                atNoLine: false,
              },
            ]
          : [],
      );
  });
}

/** @param {string} folder @returns {Falsification[]} */
function ofCheckpoints(folder) {
  const [name] = readdirSync(join(folder, 'checkpoints')).sort();
  const file = `checkpoints/${name}`;
  return [
    {
      file,
      what: 'the last bit of a parameter',
      alter: (bytes) => {
        const copy = Buffer.from(bytes);
        copy[copy.length - 4] ^= 1;
        return copy;
      },
    },
    { file, what: 'the last byte missing', alter: (bytes) => bytes.subarray(0, -1) },
  ];
}

/** @returns {Falsification[]} */
function ofReport() {
  /** @param {string} file @param {[string, RegExp][]} places of numbers in their text: the last group */
  const at = (file, places) =>
    places.map(([what, place]) => ({ file, what, alter: inText(place, otherLastNumber) }));
  return [
    ...at('report.md', [
      ['a mean of Table 2', /^\| [^|]+ \| test \| \D*\d+\.\d+/m],
      ['a difference of two units', /^\| [^|]+ \| [^|]+ − [^|]+ \| [^|]+ \| [+−]\d+\.\d+/m],
      ['an end of a bootstrap’s interval', /\d+\.\d+ to −?\d+\.\d+ \|/],
      ['an interval', /± \d+\.\d+/],
      ['a learning rate', /^\| [^|]+ \| (?:GRU|LSTM|tanh) \|(?: [^|]+ \|){3} [\d.e-]+/m],
      ['a hidden size', /^\| (?:music|speech) \| [^|]+ \| \d+/m],
      ['how far the composed kernels agree', /largest difference is [\d.]+/],
      ['a version', /gru-bench \d+\.\d+\.\d+/],
    ]),
    ...at('report.html', [
      ['an exact value of Table 2', /data-value="-?\d+\.\d+/],
      ['a printed value of Table 2', /data-value="[^"]*">\D*\d+\.\d+/],
      ['a test NLL of the embedded curves', /"test":\[-?\d+\.\d+/],
      ['an NLL of the embedded curves', /"valid":\[-?\d+\.\d+/],
      ['seconds of the embedded curves', /"seconds":\[\d+\.\d+/],
      ['a coordinate of a curve', / d="M-?[\d.]+,-?[\d.]+l-?[\d.]+/],
      ['what is said of a seed’s difference', /data-label="[^"]*seed \d+: [+−]\d+\.\d+/],
      ['what is said of a learning rate', /data-label="[^"]*learning rate [^"]*: -?\d+\.\d+/],
      ['a tick of an axis', /text-anchor="end"[^>]*>\d[\d.]*/],
    ]),
    {
      file: 'report.html',
      what: 'the embedded results.csv',
      alter: inText(/data:text\/csv;base64,[^"]+/, (link) => {
        const [head, content] = link.split('base64,');
        const csv = Buffer.from(content, 'base64').toString('utf8');
        const other = csv.replace(/\d\.\d+/, otherNumber);
        return `${head}base64,${Buffer.from(other).toString('base64')}`;
      }),
    },
  ];
}

/** @param {string} folder @returns {Falsification[]} */
function ofFigures(folder) {
  const names = readdirSync(join(folder, 'figures')).sort();
  const kinds = ['search-', 'differences-', 'expected-best-'];
  const curves = names.find((name) => !kinds.some((kind) => name.startsWith(kind)));
  const others = kinds.map((kind) => names.find((name) => name.startsWith(kind)));
  return [curves, ...others].map((name) => ({
    file: `figures/${name}`,
    what: 'a coordinate',
    alter: inText(/translate\((?!0,)\d+\.?\d*,\d+\.\d+/, otherLastNumber),
  }));
}

/** @returns {Falsification[]} */
function ofExperiment() {
  const file = 'experiment.json';
  /** @param {string} what @param {boolean} [byChecksum] */
  const field = (what, byChecksum) => ({
    file,
    what,
    alter: inText(new RegExp(`"${what}": "?[0-9.]+`), otherLastNumber),
    byChecksum,
  });
  return [
    {
      file,
      what: 'sha256',
      alter: inText(/"sha256": "[0-9a-f]{4}/, (text) => `"sha256": "${otherHex(text.slice(11))}`),
    },
    field('seed'),
    field('draws'),
    field('seeds'),
    field('sequences'),
    field('frames'),
    field('meanLength', true),
    field('gru-bench'),
    field('cores'),
    field('trainingSeconds', true),
  ];
}

/**
 * @param {string} path
 * @returns {{ line: number, cells: Record<string, string> }[]} lines count from 1
 */
function rowsOf(path) {
  const [header, ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
  const columns = header.split(',');
  return lines.map((line, i) => ({
    line: i + 2,
    cells: Object.fromEntries(line.split(',').map((cell, c) => [columns[c], cell])),
  }));
}

/** @param {(lines: string[]) => string[]} change @returns {Falsification['alter']} */
function inLines(change) {
  return (bytes) => Buffer.from(change(bytes.toString('utf8').split('\n')).join('\n'));
}

/** @param {number} line @param {string} column @param {(text: string) => string} other */
function inCell(line, column, other) {
  return inLines((lines) => {
    const c = lines[0].split(',').indexOf(column);
    const cells = lines[line - 1].split(',');
    cells[c] = other(cells[c]);
    return lines.with(line - 1, cells.join(','));
  });
}

/** @param {RegExp} place @param {(text: string) => string} other @returns {Falsification['alter']} */
function inText(place, other) {
  return (bytes) => {
    const text = bytes.toString('utf8');
    if (!place.test(text)) throw new Error(`nothing in it is like ${place}`);
    return Buffer.from(text.replace(place, other));
  };
}

/** Changes a thousandth of what it is, or one of a count. @param {string} text */
function otherNumber(text) {
  const value = Number(text);
  return String(Number.isInteger(value) ? value + 1 : value * 1.001);
}

/** The last digit of a text becomes another. @param {string} text */
function otherLastNumber(text) {
  return text.replace(/\d(?=\D*$)/, (digit) => String((Number(digit) + 1) % 10));
}

/** @param {string} text whose first digit becomes another */
function otherHex(text) {
  return (text[0] === '0' ? '1' : '0') + text.slice(1);
}

// @ts-check
// Runs in the report page: switches, sorting, what is at the pointer, zoom, and the sound of pieces.

/** @typedef {{ isLog: boolean, domain: [number, number], range: [number, number] }} Axis */
/** @typedef {{ left: number, top: number, x: Axis, y: Axis }} Geometry */
/** @typedef {'train' | 'valid' | 'test'} Split */
/** @typedef {{ seconds: number[] } & Record<Split, (number | null)[]>} Curve epochs count from 1 */
/** @typedef {Record<string, Record<string, Curve>>} Curves data set → unit → its curve */

const data = /** @type {Curves} */ (JSON.parse(document.getElementById('curve-data')?.textContent ?? '{}'));
const tooltip = /** @type {HTMLElement} */ (document.getElementById('tooltip'));

/** @template {Element} T @param {string} selector @param {ParentNode} [within] @returns {T[]} */
const all = (selector, within = document) => /** @type {T[]} */ ([...within.querySelectorAll(selector)]);

/** @param {string} name @param {Record<string, string | number>} attributes */
function svgElement(name, attributes) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

// One data set, and one average, at a time.

for (const name of ['dataset', 'rule']) {
  /** @param {string} value */
  const show = (value) => {
    for (const part of /** @type {HTMLElement[]} */ (all(`[data-${name}]`)))
      part.hidden = part.dataset[name] !== value;
  };
  const choices = /** @type {HTMLInputElement[]} */ (all(`input[name=${name}]`));
  for (const choice of choices) {
    choice.addEventListener('change', () => show(choice.value));
    if (choice.checked) show(choice.value);
  }
}

// Tables: a click on a column's name sorts by it, another one the other way round.

for (const table of /** @type {HTMLTableElement[]} */ (all('.wide table'))) {
  const body = table.tBodies[0];
  const heads = [...(table.tHead?.rows[0].cells ?? [])];
  for (const [i, head] of heads.entries())
    head.querySelector('button')?.addEventListener('click', () => {
      const isAscending = head.getAttribute('aria-sort') !== 'ascending';
      for (const other of heads) other.removeAttribute('aria-sort');
      head.setAttribute('aria-sort', isAscending ? 'ascending' : 'descending');
      const rows = [...body.rows].sort((a, b) => order(a.cells[i], b.cells[i]) * (isAscending ? 1 : -1));
      body.append(...rows);
      body.classList.add('sorted');
    });
}

/** @param {HTMLTableCellElement} a @param {HTMLTableCellElement} b */
function order(a, b) {
  const [first, second] = [numberIn(a), numberIn(b)];
  if (first !== undefined && second !== undefined) return first - second;
  // What is no number comes last.
  if ((first ?? second) !== undefined) return first === undefined ? 1 : -1;
  return (a.textContent ?? '').localeCompare(b.textContent ?? '');
}

/** @param {HTMLTableCellElement} cell @returns {number | undefined} */
function numberIn(cell) {
  const text = cell.dataset.value ?? (cell.textContent ?? '').replaceAll(',', '').replace('−', '-');
  const value = Number.parseFloat(text);
  return Number.isNaN(value) || !/^[+-]?[\d.]/.test(text) ? undefined : value;
}

// At the pointer.

/** @param {{ clientX: number, clientY: number }} place @param {Node} content */
function showTooltip({ clientX, clientY }, content) {
  tooltip.replaceChildren(content);
  tooltip.hidden = false;
  const { offsetWidth, offsetHeight } = tooltip;
  const left = Math.min(clientX + 14, document.documentElement.clientWidth - offsetWidth - 8);
  tooltip.style.left = `${Math.max(8, left)}px`;
  tooltip.style.top = `${Math.max(8, clientY - offsetHeight - 14)}px`;
}

for (const figure of /** @type {HTMLElement[]} */ (all('[data-hover]'))) {
  figure.addEventListener('pointermove', (event) => {
    const mark = /** @type {Element} */ (event.target).closest('[data-label]');
    const label = mark?.getAttribute('data-label');
    if (label) showTooltip(event, document.createTextNode(label));
    else tooltip.hidden = true;
  });
  figure.addEventListener('pointerleave', () => {
    tooltip.hidden = true;
  });
}

// Curves: which lines are on.

const off = new Set(['test']);
const titles = /** @type {HTMLElement[]} */ (all('[data-line-unit]')).map(
  (one) => one.dataset.lineUnit ?? '',
);

/** Unit and split of a mark, as its label has them: `GRU, validation`. @param {Element} mark */
function lineOf(mark) {
  const label = mark.getAttribute('data-label') ?? '';
  const fitting = titles.filter((title) => label.startsWith(`${title}, `));
  const unit = fitting.sort((a, b) => b.length - a.length)[0] ?? '';
  return { unit, split: label.slice(unit.length + 2).split(':')[0] };
}

const lines = /** @type {Element[]} */ (all('[data-over] [data-label]'));

function showLines() {
  for (const line of lines) {
    const { unit, split } = lineOf(line);
    line.classList.toggle('off', off.has(unit) || [...off].some((one) => split.endsWith(one)));
  }
}

for (const button of /** @type {HTMLButtonElement[]} */ (all('.legend button'))) {
  const name = button.dataset.lineUnit ?? button.dataset.lineSplit ?? '';
  button.addEventListener('click', () => {
    if (off.has(name)) off.delete(name);
    else off.add(name);
    button.setAttribute('aria-pressed', String(!off.has(name)));
    showLines();
  });
}
showLines();

const SPLITS = /** @type {const} */ ([
  ['train', 'train'],
  ['valid', 'validation'],
  ['test', 'test'],
]);
const splitsShown = () => SPLITS.filter(([, name]) => !off.has(name));

/** @param {Axis} axis @param {number} place in the drawing */
function valueAt({ isLog, domain: [low, high], range: [start, end] }, place) {
  const share = (place - start) / (end - start);
  return isLog ? low * (high / low) ** share : low + share * (high - low);
}

/** @param {Axis} axis @param {number} value */
function placeOf({ isLog, domain: [low, high], range: [start, end] }, value) {
  const share = isLog ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
  return start + share * (end - start);
}

/** Round numbers in the domain of an axis, about so many. @param {Axis} axis @param {number} count */
function ticks({ domain: [low, high] }, count) {
  const rough = (high - low) / (count + 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((one) => one * power >= rough) ?? 10);
  const values = [];
  for (let i = Math.ceil(low / step); i * step <= high; i++) values.push(Number((i * step).toPrecision(12)));
  return values;
}

/** @typedef {'seconds' | 'epoch'} Over what a figure's x axis has */

/** @param {Curve} curve @param {Over} over @param {number} i */
const xOf = (curve, over, i) => (over === 'seconds' ? curve.seconds[i] : i + 1);

/**
 * The y axis of what is shown between two values of x.
 *
 * @param {Record<string, Curve>} curves @param {Over} over @param {[number, number]} domain
 * @param {Axis} whole where nothing is shown there
 * @returns {Axis}
 */
function yAround(curves, over, [from, until], whole) {
  const values = Object.entries(curves)
    .filter(([unit]) => !off.has(unit))
    .flatMap(([, curve]) =>
      splitsShown().flatMap(([split]) =>
        curve[split].filter((_, i) => xOf(curve, over, i) >= from && xOf(curve, over, i) <= until),
      ),
    )
    .filter((value) => value !== null);
  if (values.length === 0) return whole;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = 0.05 * (high - low || Math.abs(high) || 1);
  return {
    ...whole,
    domain: [whole.isLog ? Math.max(low - margin, low / 2) : low - margin, high + margin],
  };
}

/** How places of one axis become those of another. @param {Axis} from @param {Axis} to */
function movement(from, to) {
  const [a, b] = to.domain.map((value) => placeOf(from, value));
  const scale = (to.range[1] - to.range[0]) / (b - a);
  return { scale, shift: to.range[0] - a * scale };
}

/**
 * What all curves that are shown have at a value of x.
 *
 * @param {Record<string, Curve>} curves @param {Over} over @param {number} value
 */
function tableAt(curves, over, value) {
  const splits = splitsShown();
  const rows = Object.entries(curves)
    .filter(([unit]) => !off.has(unit))
    .map(([unit, curve]) => {
      const i = nearest(curve.train.length, (at) => xOf(curve, over, at), value);
      const seconds = curve.seconds[i] < 1000 ? curve.seconds[i].toPrecision(3) : curve.seconds[i].toFixed(0);
      const nlls = splits.map(([split]) => curve[split][i]?.toFixed(3) ?? 'not finite');
      return [unit, ...nlls, String(i + 1), `${seconds} s`];
    });
  const table = document.createElement('table');
  for (const [tag, cells] of [
    ['th', ['', ...splits.map(([, name]) => name), 'epoch', 'after']],
    ...rows.map((row) => ['td', row]),
  ]) {
    const line = table.insertRow();
    for (const text of cells) {
      const cell = document.createElement(/** @type {string} */ (tag));
      cell.textContent = text;
      line.append(cell);
    }
    const place = titles.indexOf(cells[0]);
    if (place >= 0) line.cells[0].style.borderLeft = `4px solid var(--unit-${place})`;
  }
  return table;
}

for (const figure of /** @type {HTMLElement[]} */ (all('[data-geometry]'))) curvesFigure(figure);

/** What is at the pointer, and zoom. @param {HTMLElement} figure */
function curvesFigure(figure) {
  const geometry = /** @type {Geometry} */ (JSON.parse(figure.dataset.geometry ?? '{}'));
  const svg = /** @type {SVGSVGElement} */ (figure.querySelector('svg'));
  const over = figure.dataset.over === 'seconds' ? 'seconds' : 'epoch';
  const curves = data[figure.dataset.of ?? ''] ?? {};
  const whole = { x: geometry.x, y: geometry.y };
  let shown = whole;
  const { left, top } = geometry;
  const [start, end] = whole.x.range;
  const [bottom, ceiling] = [Math.max(...whole.y.range), Math.min(...whole.y.range)];
  const rule = svgElement('line', { class: 'rule', y1: top + ceiling, y2: top + bottom, display: 'none' });
  const selection = svgElement('rect', { class: 'selection', y: top + ceiling, height: bottom - ceiling });
  const ownAxis = svgElement('g', { class: 'own-axis' });
  svg.prepend(ownAxis);
  svg.append(rule);
  const marks = /** @type {SVGElement[]} */ (all('[data-label]', svg));
  const before = new Map(marks.map((mark) => [mark, mark.getAttribute('transform')]));
  const axisParts = all('.role-axis-label, .role-axis-grid, .role-axis-tick', svg);

  /** @param {{ clientX: number, clientY: number }} event @returns {number} in the plotting area */
  const placeAt = ({ clientX, clientY }) => {
    const matrix = svg.getScreenCTM();
    return matrix ? new DOMPoint(clientX, clientY).matrixTransform(matrix.inverse()).x - left : Number.NaN;
  };

  /** @param {number} low @param {number} high */
  function zoomTo(low, high) {
    const [first, last] = whole.x.domain;
    const width = Math.min(Math.max(high - low, (last - first) / 200), last - first);
    const from = Math.min(Math.max(low, first), last - width);
    const x = { ...whole.x, domain: /** @type {[number, number]} */ ([from, from + width]) };
    shown = width >= (last - first) * 0.999 ? whole : { x, y: yAround(curves, over, x.domain, whole.y) };
    draw();
  }

  function draw() {
    const isWhole = shown === whole;
    const [xMove, yMove] = [movement(whole.x, shown.x), movement(whole.y, shown.y)];
    for (const mark of marks) {
      const original = before.get(mark) ?? '';
      const [, x, y] = original.match(/translate\(([-\d.]+),([-\d.]+)\)/) ?? [];
      mark.classList.toggle('zoomed', !isWhole);
      if (isWhole) {
        if (original) mark.setAttribute('transform', original);
        else mark.removeAttribute('transform');
      } else if (x === undefined)
        mark.setAttribute(
          'transform',
          `translate(${xMove.shift},${yMove.shift}) scale(${xMove.scale},${yMove.scale})`,
        );
      else {
        const [nextX, nextY] = [Number(x) * xMove.scale + xMove.shift, Number(y) * yMove.scale + yMove.shift];
        mark.setAttribute('transform', `translate(${nextX},${nextY})`);
        mark.classList.toggle('outside', nextX < start || nextX > end || nextY < ceiling || nextY > bottom);
      }
    }
    for (const part of axisParts) part.classList.toggle('off', !isWhole);
    ownAxis.replaceChildren(...(isWhole ? [] : ownTicks()));
  }

  function ownTicks() {
    const text = (/** @type {number} */ value) => String(Number(value.toPrecision(6)));
    const alongX = ticks(shown.x, 5).flatMap((value) => {
      const x = left + placeOf(shown.x, value);
      const label = svgElement('text', { x, y: top + bottom + 17, 'text-anchor': 'middle' });
      label.textContent = text(value);
      return [svgElement('line', { x1: x, x2: x, y1: top + ceiling, y2: top + bottom + 5 }), label];
    });
    const alongY = ticks(shown.y, 5).flatMap((value) => {
      const y = top + placeOf(shown.y, value);
      const label = svgElement('text', { x: left - 7, y: y + 4, 'text-anchor': 'end' });
      label.textContent = text(value);
      return [svgElement('line', { x1: left + start - 5, x2: left + end, y1: y, y2: y }), label];
    });
    return [...alongX, ...alongY];
  }

  /** @param {PointerEvent} event */
  function point(event) {
    const place = placeAt(event);
    if (!(place >= start && place <= end)) return leave();
    for (const name of ['x1', 'x2']) rule.setAttribute(name, String(left + place));
    rule.setAttribute('display', 'inline');
    const mark = /** @type {Element} */ (event.target).closest('[data-label*="paper’s curve"]');
    const label = mark?.getAttribute('data-label');
    showTooltip(
      event,
      label ? document.createTextNode(label) : tableAt(curves, over, valueAt(shown.x, place)),
    );
  }

  function leave() {
    rule.setAttribute('display', 'none');
    tooltip.hidden = true;
  }

  /** @type {number | undefined} */
  let from;
  svg.addEventListener('pointerdown', (event) => {
    const place = placeAt(event);
    if (event.button === 0 && place >= start && place <= end) from = place;
  });
  svg.addEventListener('pointermove', (event) => {
    point(event);
    if (from === undefined) return;
    const place = Math.min(Math.max(placeAt(event), start), end);
    selection.setAttribute('x', String(left + Math.min(from, place)));
    selection.setAttribute('width', String(Math.abs(place - from)));
    svg.append(selection);
  });
  window.addEventListener('pointerup', (event) => {
    if (from === undefined) return;
    const until = Math.min(Math.max(placeAt(event), start), end);
    const [low, high] = [from, until].sort((a, b) => a - b);
    from = undefined;
    selection.remove();
    if (high - low > 6) zoomTo(valueAt(shown.x, low), valueAt(shown.x, high));
  });
  svg.addEventListener('pointercancel', () => {
    from = undefined;
    selection.remove();
  });
  svg.addEventListener('pointerleave', leave);
  svg.addEventListener('dblclick', () => zoomTo(...whole.x.domain));

  /** @param {string | undefined} how */
  function step(how) {
    const [low, high] = shown.x.domain;
    const width = high - low;
    const moves = /** @type {Record<string, [number, number]>} */ ({
      in: [low + width / 4, high - width / 4],
      out: [low - width / 2, high + width / 2],
      left: [low - width / 4, high - width / 4],
      right: [low + width / 4, high + width / 4],
      reset: whole.x.domain,
    });
    if (how !== undefined && how in moves) zoomTo(...moves[how]);
  }
  for (const button of /** @type {HTMLElement[]} */ (all('[data-zoom]', figure)))
    button.addEventListener('click', () => step(button.dataset.zoom));
  const keys = /** @type {Record<string, string>} */ ({
    '+': 'in',
    '=': 'in',
    '-': 'out',
    0: 'reset',
    ArrowLeft: 'left',
    ArrowRight: 'right',
  });
  figure.addEventListener('keydown', (event) => {
    if (event.target !== figure || !(event.key in keys)) return;
    event.preventDefault();
    step(keys[event.key]);
  });
}

/** @param {number} count @param {(i: number) => number} at ascending @param {number} value */
function nearest(count, at, value) {
  let [low, high] = [0, count - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (at(middle) <= value) low = middle;
    else high = middle;
  }
  return value - at(low) < at(high) - value ? low : high;
}

// Pieces, a frame a quarter of a second: two a crotchet at 120 crotchets a minute.

const FRAME_SECONDS = 0.25;
/** @type {(() => void) | undefined} */
let stopPlaying;

for (const button of /** @type {HTMLButtonElement[]} */ (all('.play')))
  button.addEventListener('click', () => {
    const isPlaying = button.dataset.playing !== undefined;
    stopPlaying?.();
    if (!isPlaying) stopPlaying = play(button);
  });

/** @param {HTMLButtonElement} button @returns {() => void} stops it */
function play(button) {
  const numbers = (button.dataset.notes ?? '').split(' ').map(Number);
  const frames = Number(button.dataset.frames);
  const audio = new AudioContext();
  const volume = new GainNode(audio, { gain: 0.12 });
  volume.connect(audio.destination);
  const beginning = audio.currentTime + 0.1;
  for (let i = 0; i + 2 < numbers.length; i += 3) {
    const [key, from, until] = numbers.slice(i, i + 3);
    const [on, stop] = [beginning + from * FRAME_SECONDS, beginning + until * FRAME_SECONDS];
    const tone = new OscillatorNode(audio, { type: 'triangle', frequency: 440 * 2 ** ((key - 69) / 12) });
    const loudness = new GainNode(audio, { gain: 0 });
    loudness.gain.setValueAtTime(0, on);
    loudness.gain.linearRampToValueAtTime(1, on + 0.015);
    loudness.gain.exponentialRampToValueAtTime(0.35, Math.max(stop - 0.03, on + 0.02));
    loudness.gain.linearRampToValueAtTime(0, stop);
    tone.connect(loudness).connect(volume);
    tone.start(on);
    tone.stop(stop);
  }
  button.textContent = 'Stop';
  button.dataset.playing = '';
  const svg = button.closest('figure')?.querySelector('svg');
  const area = svg?.querySelector('.mark-rect.role-mark');
  const box = svg?.querySelector('path.background[stroke]');
  const head = svgElement('line', { class: 'playhead' });
  area?.after(head);
  const { width = 0, height = 0 } = /** @type {SVGGraphicsElement | null} */ (box)?.getBBox() ?? {};
  head.setAttribute('y2', String(height));
  let request = 0;
  const stop = () => {
    cancelAnimationFrame(request);
    head.remove();
    audio.close();
    button.textContent = 'Play';
    delete button.dataset.playing;
    stopPlaying = undefined;
  };
  const move = () => {
    const share = (audio.currentTime - beginning) / (frames * FRAME_SECONDS);
    if (share >= 1) return stop();
    for (const name of ['x1', 'x2']) head.setAttribute(name, String(Math.max(share, 0) * width));
    request = requestAnimationFrame(move);
  };
  move();
  return stop;
}

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

// One data set, and one average, at a time; the average wherever there is a switch of it.

for (const name of ['dataset', 'rule']) {
  const choices = /** @type {HTMLInputElement[]} */ (all(`[data-switch=${name}]`));
  /** @param {string} value */
  const show = (value) => {
    for (const choice of choices) choice.checked = choice.value === value;
    for (const part of /** @type {HTMLElement[]} */ (all(`[data-${name}]`)))
      part.hidden = part.dataset[name] !== value;
  };
  for (const choice of choices) choice.addEventListener('change', () => show(choice.value));
  const chosen = choices.find(({ checked }) => checked);
  if (chosen) show(chosen.value);
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
      const rows = [...body.rows].sort((a, b) => order(a.cells[i], b.cells[i], isAscending ? 1 : -1));
      body.append(...rows);
      body.classList.add('sorted');
    });
}

/** @param {HTMLTableCellElement} a @param {HTMLTableCellElement} b @param {1 | -1} direction */
function order(a, b, direction) {
  const [first, second] = [numberIn(a), numberIn(b)];
  if (first !== undefined && second !== undefined) return direction * (first - second);
  // What is no number comes last, either way.
  if ((first ?? second) !== undefined) return first === undefined ? 1 : -1;
  return direction * (a.textContent ?? '').localeCompare(b.textContent ?? '');
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
  const { clientWidth, clientHeight } = document.documentElement;
  const left = Math.min(clientX + 14, clientWidth - offsetWidth - 8);
  const above = clientY - offsetHeight - 14;
  // Where there is no room above the pointer, below it: it would else hide what it is about.
  const top = above >= 8 ? above : Math.min(clientY + 14, clientHeight - offsetHeight - 8);
  tooltip.style.left = `${Math.max(8, left)}px`;
  tooltip.style.top = `${Math.max(8, top)}px`;
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

/** Units by their titles, and splits, whose lines are off: a unit may be called like a split. */
const off = { units: new Set(), splits: new Set(['test']) };
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
    const isOff = off.units.has(unit) || [...off.splits].some((one) => split.endsWith(one));
    line.classList.toggle('off', isOff);
  }
}

for (const button of /** @type {HTMLButtonElement[]} */ (all('.legend button'))) {
  const { lineUnit, lineSplit } = button.dataset;
  const [those, name] = lineUnit === undefined ? [off.splits, lineSplit ?? ''] : [off.units, lineUnit];
  button.addEventListener('click', () => {
    if (!those.delete(name)) those.add(name);
    button.setAttribute('aria-pressed', String(!those.has(name)));
    showLines();
  });
}
showLines();

const SPLITS = /** @type {const} */ ([
  ['train', 'train'],
  ['valid', 'validation'],
  ['test', 'test'],
]);
const splitsShown = () => SPLITS.filter(([, name]) => !off.splits.has(name));

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
    .filter(([unit]) => !off.units.has(unit))
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
    .filter(([unit]) => !off.units.has(unit))
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

/** @typedef {{ x: Axis, y: Axis }} Axes */

/**
 * A figure of curves; it is drawn whole, and shows a part of that when zoomed.
 *
 * @typedef {object} CurvesFigure
 * @property {SVGSVGElement} svg
 * @property {Over} over
 * @property {Record<string, Curve>} curves unit → its curve
 * @property {number} left where the plotting area begins in the drawing
 * @property {number} top
 * @property {{ start: number, end: number, ceiling: number, bottom: number }} area the plotting area's edges, from there
 * @property {Axes} whole
 * @property {Axes} shown
 * @property {Map<SVGElement, string | null>} marks lines and points, with their transforms in the whole drawing
 * @property {Element[]} axisParts ticks, labels and grid of the whole drawing
 * @property {SVGElement} zoomedAxes what stands in their place
 */

for (const element of /** @type {HTMLElement[]} */ (all('[data-geometry]'))) {
  const figure = curvesFigure(element);
  tellAtPointer(figure);
  zoomByDragging(figure);
  zoomBySteps(figure, element);
}

/** @param {HTMLElement} element @returns {CurvesFigure} */
function curvesFigure(element) {
  const { left, top, x, y } = /** @type {Geometry} */ (JSON.parse(element.dataset.geometry ?? '{}'));
  const svg = /** @type {SVGSVGElement} */ (element.querySelector('svg'));
  const zoomedAxes = svgElement('g', { class: 'own-axis' });
  svg.prepend(zoomedAxes);
  const marks = /** @type {SVGElement[]} */ (all('[data-label]', svg));
  const [start, end] = x.range;
  const whole = { x, y };
  return {
    svg,
    over: element.dataset.over === 'seconds' ? 'seconds' : 'epoch',
    curves: data[element.dataset.of ?? ''] ?? {},
    left,
    top,
    area: { start, end, ceiling: Math.min(...y.range), bottom: Math.max(...y.range) },
    whole,
    shown: whole,
    marks: new Map(marks.map((mark) => [mark, mark.getAttribute('transform')])),
    axisParts: all('.role-axis-label, .role-axis-grid, .role-axis-tick', svg),
    zoomedAxes,
  };
}

/** Of the pointer in the plotting area. @param {CurvesFigure} figure @param {{ clientX: number, clientY: number }} event */
function placeAt({ svg, left }, { clientX, clientY }) {
  const matrix = svg.getScreenCTM();
  return matrix ? new DOMPoint(clientX, clientY).matrixTransform(matrix.inverse()).x - left : Number.NaN;
}

/** A line at the pointer, and what the curves have there. @param {CurvesFigure} figure */
function tellAtPointer(figure) {
  const { svg, left, top, area, over, curves } = figure;
  const { start, end, ceiling, bottom } = area;
  const rule = svgElement('line', { class: 'rule', y1: top + ceiling, y2: top + bottom, display: 'none' });
  svg.append(rule);
  const leave = () => {
    rule.setAttribute('display', 'none');
    tooltip.hidden = true;
  };
  svg.addEventListener('pointermove', (event) => {
    const place = placeAt(figure, event);
    if (!(place >= start && place <= end)) return leave();
    for (const name of ['x1', 'x2']) rule.setAttribute(name, String(left + place));
    rule.setAttribute('display', 'inline');
    const mark = /** @type {Element} */ (event.target).closest('[data-label*="paper’s curve"]');
    const label = mark?.getAttribute('data-label');
    showTooltip(
      event,
      label ? document.createTextNode(label) : tableAt(curves, over, valueAt(figure.shown.x, place)),
    );
  });
  svg.addEventListener('pointerleave', leave);
}

/** Pixels of a drag that zooms; a shorter one is a click. */
const LEAST_DRAG = 6;

/** Across a stretch, to zoom to it; a double click shows the whole again. @param {CurvesFigure} figure */
function zoomByDragging(figure) {
  const { svg, left, top, area } = figure;
  const { start, end, ceiling, bottom } = area;
  const selection = svgElement('rect', { class: 'selection', y: top + ceiling, height: bottom - ceiling });
  const placeWithin = (/** @type {PointerEvent} */ event) =>
    Math.min(Math.max(placeAt(figure, event), start), end);
  /** @type {number | undefined} */
  let from;
  const finish = () => {
    from = undefined;
    selection.remove();
  };
  svg.addEventListener('pointerdown', (event) => {
    const place = placeAt(figure, event);
    if (event.button === 0 && place >= start && place <= end) from = place;
  });
  svg.addEventListener('pointermove', (event) => {
    if (from === undefined) return;
    const place = placeWithin(event);
    selection.setAttribute('x', String(left + Math.min(from, place)));
    selection.setAttribute('width', String(Math.abs(place - from)));
    svg.append(selection);
  });
  window.addEventListener('pointerup', (event) => {
    if (from === undefined) return;
    const [low, high] = [from, placeWithin(event)].sort((a, b) => a - b);
    finish();
    const { x } = figure.shown;
    if (high - low > LEAST_DRAG) zoomTo(figure, valueAt(x, low), valueAt(x, high));
  });
  svg.addEventListener('pointercancel', finish);
  svg.addEventListener('dblclick', () => zoomTo(figure, ...figure.whole.x.domain));
}

const STEP_OF_KEY = /** @type {Record<string, string>} */ ({
  '+': 'in',
  '=': 'in',
  '-': 'out',
  0: 'reset',
  ArrowLeft: 'left',
  ArrowRight: 'right',
});

/** By buttons and keys. @param {CurvesFigure} figure @param {HTMLElement} element */
function zoomBySteps(figure, element) {
  /** @param {string | undefined} how */
  const step = (how) => {
    const [low, high] = figure.shown.x.domain;
    const width = high - low;
    const steps = /** @type {Record<string, [number, number]>} */ ({
      in: [low + width / 4, high - width / 4],
      out: [low - width / 2, high + width / 2],
      left: [low - width / 4, high - width / 4],
      right: [low + width / 4, high + width / 4],
      reset: figure.whole.x.domain,
    });
    if (how !== undefined && how in steps) zoomTo(figure, ...steps[how]);
  };
  for (const button of /** @type {HTMLElement[]} */ (all('[data-zoom]', element)))
    button.addEventListener('click', () => step(button.dataset.zoom));
  element.addEventListener('keydown', (event) => {
    if (event.target !== element || !(event.key in STEP_OF_KEY)) return;
    event.preventDefault();
    step(STEP_OF_KEY[event.key]);
  });
}

/** A figure zooms to no less than one of so many parts of its x axis. */
const MOST_PARTS = 200;

/** Shows a stretch of the x axis, moved and widened to what can be shown. @param {CurvesFigure} figure @param {number} low @param {number} high */
function zoomTo(figure, low, high) {
  const { whole, curves, over } = figure;
  const [first, last] = whole.x.domain;
  const width = Math.min(Math.max(high - low, (last - first) / MOST_PARTS), last - first);
  const from = Math.min(Math.max(low, first), last - width);
  const x = { ...whole.x, domain: /** @type {[number, number]} */ ([from, from + width]) };
  const isWhole = width >= (last - first) * 0.999;
  figure.shown = isWhole ? whole : { x, y: yAround(curves, over, x.domain, whole.y) };
  draw(figure);
}

/** @param {CurvesFigure} figure */
function draw(figure) {
  const { whole, shown, marks, axisParts, zoomedAxes } = figure;
  const isWhole = shown === whole;
  for (const [mark, original] of marks) {
    mark.classList.toggle('zoomed', !isWhole);
    mark.classList.remove('outside');
    if (!isWhole) move(mark, original, figure);
    else if (original) mark.setAttribute('transform', original);
    else mark.removeAttribute('transform');
  }
  for (const part of axisParts) part.classList.toggle('off', !isWhole);
  zoomedAxes.replaceChildren(...(isWhole ? [] : ticksOf(figure)));
}

/**
 * Moves a mark to where it is shown: a line is stretched, a point only shifted.
 *
 * @param {SVGElement} mark @param {string | null} original its transform in the whole drawing
 * @param {CurvesFigure} figure
 */
function move(mark, original, { whole, shown, area: { start, end, ceiling, bottom } }) {
  const [x, y] = [movement(whole.x, shown.x), movement(whole.y, shown.y)];
  const [, pointX, pointY] = original?.match(/translate\(([-\d.]+),([-\d.]+)\)/) ?? [];
  if (pointX === undefined) {
    mark.setAttribute('transform', `translate(${x.shift},${y.shift}) scale(${x.scale},${y.scale})`);
    return;
  }
  const [nextX, nextY] = [Number(pointX) * x.scale + x.shift, Number(pointY) * y.scale + y.shift];
  mark.setAttribute('transform', `translate(${nextX},${nextY})`);
  mark.classList.toggle('outside', nextX < start || nextX > end || nextY < ceiling || nextY > bottom);
}

/** Ticks, labels and grid of the axes that are shown. @param {CurvesFigure} figure */
function ticksOf({ left, top, shown, area: { start, end, ceiling, bottom } }) {
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

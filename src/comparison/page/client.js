// @ts-check
// Runs in the page of a comparison: which split and which runs are shown, and what the curves are at the pointer.

/** @typedef {'epochs' | 'seconds'} Over */
/** @typedef {'train' | 'valid' | 'test'} Split */
/** @typedef {Record<Over | Split, (number | null)[]> & { label: string, colour: string }} Run */
/** @typedef {{ isLog: boolean, domain: [number, number], range: [number, number] }} Axis */
/** @typedef {{ left: number, top: number, x: Axis, y: Axis }} Geometry */

const runs = /** @type {Run[]} */ (JSON.parse(document.getElementById('runs')?.textContent ?? '[]'));
const tooltip = /** @type {HTMLElement} */ (document.getElementById('tooltip'));

for (const choice of /** @type {NodeListOf<HTMLInputElement>} */ (
  document.querySelectorAll('input[name=split]')
)) {
  choice.addEventListener('change', () => showSplit(choice.value));
  if (choice.checked) showSplit(choice.value);
}

/** @param {string} split */
function showSplit(split) {
  for (const part of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-panels]')))
    part.hidden = part.dataset.panels !== split;
}

for (const box of /** @type {NodeListOf<HTMLInputElement>} */ (
  document.querySelectorAll('.run-choice input')
)) {
  const show = () => document.body.classList.toggle(`without-${box.value}`, !box.checked);
  box.addEventListener('change', show);
  // Browsers keep what was ticked when a page is loaded again.
  show();
}

for (const panel of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-geometry]'))) {
  const geometry = /** @type {Geometry} */ (JSON.parse(panel.dataset.geometry ?? '{}'));
  const svg = /** @type {SVGSVGElement} */ (panel.querySelector('svg'));
  const over = /** @type {Over} */ (panel.dataset.over);
  const split = /** @type {Split} */ (panel.dataset.split);
  const rule = document.createElementNS('http://www.w3.org/2000/svg', 'line');
  rule.setAttribute('class', 'rule');
  svg.append(rule);
  const leave = () => {
    rule.style.display = 'none';
    tooltip.hidden = true;
  };
  panel.addEventListener('pointerleave', leave);
  panel.addEventListener('pointermove', (event) => {
    const matrix = svg.getScreenCTM();
    if (!matrix) return;
    const { x } = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
    const [start, end] = geometry.x.range;
    const share = (x - geometry.left - start) / (end - start);
    if (share < 0 || share > 1) return leave();
    const [low, high] = geometry.x.domain;
    for (const [name, value] of [
      ['x1', x],
      ['x2', x],
      ['y1', geometry.top + Math.min(...geometry.y.range)],
      ['y2', geometry.top + Math.max(...geometry.y.range)],
    ])
      rule.setAttribute(String(name), String(value));
    rule.style.display = 'inline';
    fillTooltip(over, split, low + share * (high - low));
    placeTooltip(event);
  });
}

/**
 * A row for each run that is shown, at its epoch nearest to the pointer.
 *
 * @param {Over} over
 * @param {Split} split
 * @param {number} value
 */
function fillTooltip(over, split, value) {
  const table = document.createElement('table');
  const head = table.insertRow();
  for (const title of ['', 'NLL', 'epoch', 'after']) {
    const cell = document.createElement('th');
    cell.textContent = title;
    head.append(cell);
  }
  for (const [i, run] of runs.entries()) {
    if (run.epochs.length === 0 || document.body.classList.contains(`without-${i}`)) continue;
    const at = nearest(/** @type {number[]} */ (run[over]), value);
    const seconds = /** @type {number} */ (run.seconds[at]);
    const row = table.insertRow();
    for (const text of [
      run.label,
      run[split][at]?.toFixed(4) ?? 'not finite',
      String(run.epochs[at]),
      `${seconds < 1000 ? seconds.toPrecision(3) : seconds.toFixed(0)} s`,
    ])
      row.insertCell().textContent = text;
    row.cells[0].style.color = run.colour;
  }
  tooltip.replaceChildren(table);
}

/** @param {PointerEvent} event */
function placeTooltip({ clientX, clientY }) {
  tooltip.hidden = false;
  const { offsetWidth, offsetHeight } = tooltip;
  const { clientWidth, clientHeight } = document.documentElement;
  const left = Math.min(clientX + 14, clientWidth - offsetWidth - 8);
  const above = clientY - offsetHeight - 14;
  const top = above >= 8 ? above : Math.min(clientY + 14, clientHeight - offsetHeight - 8);
  tooltip.style.left = `${Math.max(8, left)}px`;
  tooltip.style.top = `${Math.max(8, top)}px`;
}

/**
 * @param {number[]} ascending
 * @param {number} value
 */
function nearest(ascending, value) {
  let [low, high] = [0, ascending.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (ascending[middle] <= value) low = middle;
    else high = middle;
  }
  return value - ascending[low] < ascending[high] - value ? low : high;
}

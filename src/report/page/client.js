// @ts-check
// Runs in the report page: the choice of a data set, and what the curves are at the pointer.

/** @typedef {{ isLog: boolean, domain: [number, number], range: [number, number] }} Axis */
/** @typedef {{ left: number, top: number, x: Axis, y: Axis }} Geometry */
/** @typedef {{ epoch: number[], seconds: number[], train: number[], valid: number[] }} Curve */
/** @typedef {Record<string, Record<string, Curve>>} Curves data set → unit → its curve */

const data = /** @type {Curves} */ (JSON.parse(document.getElementById('curves')?.textContent ?? '{}'));
const tooltip = /** @type {HTMLElement} */ (document.getElementById('tooltip'));

for (const choice of /** @type {NodeListOf<HTMLInputElement>} */ (
  document.querySelectorAll('input[name=dataset]')
)) {
  choice.addEventListener('change', () => showDataset(choice.value));
  if (choice.checked) showDataset(choice.value);
}

/** @param {string} name */
function showDataset(name) {
  for (const part of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-dataset]')))
    part.hidden = part.dataset.dataset !== name;
}

for (const panel of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-geometry]'))) {
  const geometry = /** @type {Geometry} */ (JSON.parse(panel.dataset.geometry ?? '{}'));
  const svg = /** @type {SVGSVGElement} */ (panel.querySelector('svg'));
  const over = /** @type {'epoch' | 'seconds'} */ (panel.dataset.over);
  const curves = data[panel.dataset.of ?? ''] ?? {};
  const rule = document.createElementNS('http://www.w3.org/2000/svg', 'line');
  rule.setAttribute('class', 'rule');
  svg.append(rule);

  panel.addEventListener('pointermove', (event) => {
    const matrix = svg.getScreenCTM();
    if (!matrix) return;
    const { x } = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
    const place = x - geometry.left;
    const [start, end] = geometry.x.range;
    if (place < start || place > end) return leave();
    const value = valueAt(geometry.x, place);
    rule.setAttribute('x1', String(x));
    rule.setAttribute('x2', String(x));
    rule.setAttribute('y1', String(geometry.top + Math.min(...geometry.y.range)));
    rule.setAttribute('y2', String(geometry.top + Math.max(...geometry.y.range)));
    rule.style.display = 'inline';
    showTooltip(event, over, value, curves);
  });
  const leave = () => {
    rule.style.display = 'none';
    tooltip.hidden = true;
  };
  panel.addEventListener('pointerleave', leave);
}

/**
 * @param {Axis} axis
 * @param {number} place
 */
function valueAt({ isLog, domain: [low, high], range: [start, end] }, place) {
  const share = (place - start) / (end - start);
  return isLog ? low * (high / low) ** share : low + share * (high - low);
}

/**
 * @param {PointerEvent} event
 * @param {'epoch' | 'seconds'} over
 * @param {number} value
 * @param {Record<string, Curve>} curves
 */
function showTooltip(event, over, value, curves) {
  const rows = Object.entries(curves).map(([unit, curve]) => {
    const i = nearest(curve[over], value);
    const after = curve.seconds[i];
    const seconds = after < 1000 ? after.toPrecision(3) : after.toFixed(0);
    return [
      unit,
      curve.train[i].toFixed(3),
      curve.valid[i].toFixed(3),
      String(curve.epoch[i]),
      `${seconds} s`,
    ];
  });
  const table = document.createElement('table');
  for (const [tag, cells] of [
    ['th', ['', 'train', 'valid', 'epoch', 'after']],
    ...rows.map((row) => ['td', row]),
  ]) {
    const line = table.insertRow();
    for (const text of cells) {
      const cell = document.createElement(/** @type {string} */ (tag));
      cell.textContent = text;
      line.append(cell);
    }
    if (tag === 'td') line.className = `unit-${cells[0].toLowerCase()}`;
  }
  tooltip.replaceChildren(table);
  tooltip.hidden = false;
  const { offsetWidth, offsetHeight } = tooltip;
  const left = Math.min(event.clientX + 14, document.documentElement.clientWidth - offsetWidth - 8);
  tooltip.style.left = `${Math.max(8, left)}px`;
  tooltip.style.top = `${Math.max(8, event.clientY - offsetHeight - 14)}px`;
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

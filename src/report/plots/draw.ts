import { parse, type Scale, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { configOf, type Theme } from './theme.js';

/** Where a panel's coordinates lie in its SVG: enough to turn a pointer's place into data. */
export interface PanelGeometry {
  /** Of the plotting area's upper left corner. */
  readonly left: number;
  readonly top: number;
  readonly x: AxisGeometry;
  readonly y: AxisGeometry;
}

interface AxisGeometry {
  readonly isLog: boolean;
  readonly domain: readonly [number, number];
  readonly range: readonly [number, number];
}

/** Draws a plot, or several side by side and one above the other. */
export async function drawSvg(spec: object, theme: Theme): Promise<string> {
  return shorter(await (await viewOf(spec, theme)).toSVG());
}

/** Draws one panel and tells where its data lie. */
export async function drawPanel(
  spec: object,
  theme: Theme,
): Promise<{ svg: string; geometry: PanelGeometry }> {
  const view = await viewOf(spec, theme);
  const svg = shorter(await view.toSVG());
  const [originX, originY] = view.origin();
  const padding = view.padding() as { left: number; top: number };
  const geometry = {
    left: originX + padding.left,
    top: originY + padding.top,
    x: axisGeometry(view.scale('x')),
    y: axisGeometry(view.scale('y')),
  };
  return { svg, geometry };
}

/** The whole of a plot, not its plotting area, gets the size. */
export const fitted = (spec: object) => ({ autosize: { type: 'fit', contains: 'padding' }, ...spec });

async function viewOf(spec: object, theme: Theme): Promise<View> {
  const full = { config: configOf(theme), padding: 6, ...spec } as TopLevelSpec;
  const view = new View(parse(compile(full).spec), { renderer: 'none' });
  return view.runAsync();
}

function axisGeometry(scale: Scale & { type?: string; domain(): number[]; range(): number[] }): AxisGeometry {
  const [[low, high], [start, end]] = [scale.domain(), scale.range()];
  return { isLog: scale.type === 'log', domain: [low, high], range: [start, end] };
}

/** With places to a hundredth of a pixel; paths of many points to a tenth, in steps: less than half the characters. */
function shorter(svg: string): string {
  const rounded = svg.replace(/(?:translate\([^)]*\)|[xy]2="[^"]*")/g, (place) =>
    place.replace(/-?\d+\.\d{3,}/g, (number) => String(Math.round(100 * Number(number)) / 100)),
  );
  return rounded.replace(/ d="(M[-\d.,LMZ]+)"/g, (whole, path: string) => {
    const steps = path.match(/[MLZ][^MLZ]*/g) ?? [];
    return steps.length <= MANY ? whole : ` d="${relativePath(steps)}"`;
  });
}

/** Points of a path from which on it is shortened: those of symbols and axes have fewer. */
const MANY = 12;

/** A path whose lines go from point to point instead of to places. @param steps such as `M1,2`, `L3.25,4` and `Z` */
function relativePath(steps: readonly string[]): string {
  // In tenths of a pixel: rounded steps would add up to another place.
  let [lastX, lastY] = [0, 0];
  const shortened = steps.map((step) => {
    if (step === 'Z') return step;
    const [x, y] = step
      .slice(1)
      .split(',')
      .map((text) => Math.round(10 * Number(text)));
    const text = step[0] === 'M' ? `M${x / 10},${y / 10}` : `l${(x - lastX) / 10},${(y - lastY) / 10}`;
    [lastX, lastY] = [x, y];
    return text;
  });
  return shortened.join('');
}

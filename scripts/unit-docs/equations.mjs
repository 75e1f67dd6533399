import { escapeXml } from '../../dist/drawing/xml.js';

/** CSS pixels of the letter m. */
const EM = 18;
/** Free space at each side, in thousandths of that. */
const MARGIN = 500;

const STYLE =
  '.equations{color:#1f2328}.equations .ground{fill:#fff;stroke:none}' +
  '@media (prefers-color-scheme:dark){.equations{color:#f0f3f6}.equations .ground{fill:#0d1117}}';

/**
 * Sets LaTeX by MathJax, as an SVG document that stands alone: its letters are paths, so that it needs no font.
 *
 * @returns {Promise<(latex: string, words: { name: string; title: string; description: string }) => Promise<string>>}
 */
export async function typesetter() {
  // @ts-expect-error: it comes without types
  const { default: MathJax } = await import('mathjax');
  await MathJax.init({ loader: { load: ['input/tex', 'output/svg'] }, svg: { fontCache: 'local' } });
  return async (latex, { name, title, description }) => {
    const set = await MathJax.tex2svgPromise(latex, { display: true });
    const svg = MathJax.startup.adaptor.outerHTML(set);
    const [, box, inside] = /<svg[^>]* viewBox="([^"]*)"[^>]*>(.*)<\/svg>/s.exec(svg) ?? [];
    if (/merror/.test(svg) || inside === undefined) throw new Error(`MathJax does not set ${latex}`);
    const [left, top, width, height] = box.split(' ').map(Number);
    const [x, y, w, h] = [left - MARGIN, top - MARGIN, width + 2 * MARGIN, height + 2 * MARGIN];
    const pixels = (/** @type {number} */ length) => Math.round((length * EM) / 1000);
    return `<svg xmlns="http://www.w3.org/2000/svg" class="equations" viewBox="${x} ${y} ${w} ${h}" width="${pixels(w)}" height="${pixels(h)}" role="img" aria-labelledby="${name}-equations ${name}-equations-text">
<title id="${name}-equations">${escapeXml(title)}</title>
<desc id="${name}-equations-text">${escapeXml(description)}</desc>
<style>${STYLE}</style>
<rect class="ground" x="${x}" y="${y}" width="${w}" height="${h}"/>
${shortened(inside, name)}
</svg>
`;
  };
}

/**
 * The same drawing in half the bytes: without what MathJax notes for programs that work on its output, its letters
 * named by their numbers, so that neither do they depend on what was set before.
 *
 * @param {string} svg
 * @param {string} name
 */
function shortened(svg, name) {
  const letters = new Map([...svg.matchAll(/<path id="([^"]*)"/g)].map(([, id], i) => [id, `${name}-${i}`]));
  return svg
    .replaceAll(/ data-[a-z-]+="[^"]*"/g, '')
    .replaceAll(/(?: id="|xlink:href="#)([^"]*)"/g, (match, id) =>
      match.replace('xlink:', '').replace(id, letters.get(id) ?? id),
    )
    .replaceAll(/><\/(?:path|use|rect|line)>/g, '/>')
    .replaceAll('<g></g>', '');
}

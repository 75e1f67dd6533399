import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

const isSet = (value: string | undefined) => value !== undefined && !['', '0', 'false'].includes(value);

/** Whether a stream is a terminal on which the cursor can be moved, with somebody in front of it. */
export function isLive(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && process.env.TERM !== 'dumb' && !isSet(process.env.CI);
}

/**
 * Whether a stream gets colours: `--no-color` goes before FORCE_COLOR, that before NO_COLOR (no-color.org), and without
 * them terminals do.
 */
export function hasColours(stream: NodeJS.WriteStream): boolean {
  const { FORCE_COLOR: forced, NO_COLOR: none } = process.env;
  if (process.argv.includes('--no-color')) return false;
  if (forced !== undefined) return forced === '' || isSet(forced);
  return !none && isLive(stream);
}

/** A text in a style, on streams that get colours. */
export function styled(style: Style, text: string, stream: NodeJS.WriteStream = process.stdout): string {
  // Later versions of Node would ask standard output themselves.
  return hasColours(stream) ? styleText(style, text, { validateStream: false }) : text;
}

export const heading = (text: string, stream?: NodeJS.WriteStream) => styled('bold', text, stream);

/** What `check` finds of a number: green where it holds, red where it does not, yellow where it could not be checked. */
export function colouredVerdict(verdict: string, stream?: NodeJS.WriteStream): string {
  const style = { holds: 'green', 'does not hold': 'red' } as const;
  const shown = verdict === 'does not hold' ? verdict.toUpperCase() : verdict;
  return styled(style[verdict as keyof typeof style] ?? 'yellow', shown, stream);
}

import { Command } from 'commander';
import { isLive } from './colour.js';
import { wholeNumber } from './flags.js';
import { print } from './text.js';

const EXAMPLES = `
Examples:
  gru-bench play
  gru-bench play --port 8000 --no-open

The page trains any unit that comes with gru-bench on the demo music, or on MIDI files dropped onto it, in the browser,
to the digits of \`gru-bench train\`. Only this machine can reach the server, and nothing is sent to it.`;

interface Flags {
  readonly port?: number;
  readonly open: boolean;
  readonly json?: boolean;
}

/** `gru-bench play`: the page that trains, until Ctrl-C. */
export function playCommand(): Command {
  return new Command('play')
    .description('Train on music in the browser: a page with live curves, and pieces to listen to')
    .option('--port <n>', 'port on 127.0.0.1 (default: one that is free)', wholeNumber('--port', 0, 65_535))
    .option('--no-open', 'print the address, but open no browser')
    .option('--json', 'print JSON')
    .addHelpText('after', EXAMPLES)
    .action(play);
}

async function play({ port, open, json }: Flags): Promise<void> {
  const { servePage } = await import('../play/serve.js');
  const { openBrowser } = await import('../play/open-browser.js');
  const page = await servePage(port ?? 0);
  const isOpened = open && !json && isLive(process.stdout) && openBrowser(page.url);
  if (json) process.stdout.write(`${JSON.stringify({ url: page.url })}\n`);
  else print([`${page.url}${isOpened ? '  (opened in your browser)' : ''}`, 'Ctrl-C ends it.']);
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
  page.close();
}

import { spawn } from 'node:child_process';

/** What opens an address in the user's browser, by platform. */
const OPENERS: Readonly<Record<string, readonly string[]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};
const ELSEWHERE = ['xdg-open'];

/**
 * Opens an address in the user's browser where there is a screen to show it on; elsewhere nothing happens.
 *
 * @returns whether it was tried
 */
export function openBrowser(url: string, environment: NodeJS.ProcessEnv = process.env): boolean {
  const { platform } = process;
  const hasScreen = platform in OPENERS || environment.DISPLAY || environment.WAYLAND_DISPLAY;
  if (!hasScreen || environment.SSH_CONNECTION) return false;
  const [program, ...words] = OPENERS[platform] ?? ELSEWHERE;
  // Without such a program there is still the address, which is printed.
  spawn(program, [...words, url], { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref();
  return true;
}

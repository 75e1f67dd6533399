import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Failure } from '../platform/failure.js';
import { PACKAGE_ROOT } from '../platform/folders.js';

/** The page that trains, made by `npm run build:play`. */
export const PAGE_FILE = join(PACKAGE_ROOT, 'dist', 'play', 'page.html');

/** Only this machine can reach it. */
const LOOPBACK = '127.0.0.1';

export interface ServedPage {
  readonly url: string;
  close(): void;
}

/**
 * Serves the page to this machine alone.
 *
 * @param port 0: one that is free
 * @throws Failure where the page is not there or the port not to be had
 */
export async function servePage(port: number): Promise<ServedPage> {
  if (!existsSync(PAGE_FILE)) throw new Failure(`${PAGE_FILE} is missing; npm run build:play makes it`);
  const page = readFileSync(PAGE_FILE);
  const server = createServer((request, response) => {
    const isPage = request.url?.replace(/[?#].*/, '') === '/';
    if (!isPage) return void response.writeHead(404).end();
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-length': page.length,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    response.end(request.method === 'HEAD' ? undefined : page);
  });
  await listen(server, port);
  const { port: own } = server.address() as AddressInfo;
  return {
    url: `http://${LOOPBACK}:${own}/`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'another program has it' : error.message;
      reject(new Failure(`port ${port}: ${why}; --port takes another, or leave it out for one that is free`));
    });
    server.listen(port, LOOPBACK, resolve);
  });
}

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Download, download } from '../../src/data/download.js';
import { Failure } from '../../src/platform/failure.js';
import { temporaryFolder } from './files.js';

/*
 * A server on this machine without TLS. The program asks for https only; the fetch handed to it leads
 * `https://files.test/…` there, as a TLS terminator would.
 */

const CONTENT = Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * 7919) % 251));
const SHA256 = createHash('sha256').update(CONTENT).digest('hex');

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let folder: string;
let server: Server;
let answer: Answer;
let requests: IncomingMessage[];

beforeEach(async () => {
  folder = temporaryFolder();
  requests = [];
  server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

const throughTerminator: typeof fetch = (address, options) => {
  const url = new URL(String(address));
  expect(url.protocol).toBe('https:');
  return fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${url.pathname}`, options);
};

function get(change: Partial<Download> = {}): Promise<void> {
  return download({
    url: 'https://files.test/rolls.mat',
    target: join(folder, 'set', 'rolls.mat'),
    bytes: CONTENT.length,
    maxBytes: CONTENT.length,
    sha256: SHA256,
    fetch: throughTerminator,
    ...change,
  });
}

const left = () => (existsSync(join(folder, 'set')) ? readdirSync(join(folder, 'set')) : []);
const target = () => readFileSync(join(folder, 'set', 'rolls.mat'));

/** A server that knows ranges and entity tags. */
function serve(content: Buffer, tag = '"v1"'): Answer {
  return ({ headers }, response) => {
    const from = /^bytes=(\d+)-$/.exec(headers.range ?? '');
    if (from && headers['if-range'] === tag) {
      const start = Number(from[1]);
      if (start >= content.length) {
        response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
        return;
      }
      const range = `bytes ${start}-${content.length - 1}/${content.length}`;
      response.writeHead(206, {
        etag: tag,
        'content-range': range,
        'content-length': content.length - start,
      });
      response.end(content.subarray(start));
      return;
    }
    response.writeHead(200, { etag: tag, 'content-length': content.length });
    response.end(content);
  };
}

/** Sends the first part and then breaks the connection. */
function breakOff(content: Buffer, after: number, tag = '"v1"'): Answer {
  return (_, response) => {
    response.writeHead(200, { etag: tag, 'content-length': content.length });
    response.write(content.subarray(0, after), () => setTimeout(() => response.destroy(), 30));
  };
}

async function complaint(change?: Partial<Download>): Promise<string> {
  const error = await get(change).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Failure);
  const { message } = error as Failure;
  expect(message).not.toContain('\n');
  return message;
}

test('a file comes whole, into its place, with progress', async () => {
  answer = serve(CONTENT);
  const steps: [number, number | undefined][] = [];
  await get({ progress: (done, total) => steps.push([done, total]) });
  expect(target().equals(CONTENT)).toBe(true);
  expect(left()).toEqual(['rolls.mat']);
  expect(steps.at(-1)).toEqual([CONTENT.length, CONTENT.length]);
  expect(requests[0].headers['accept-encoding']).toBe('identity');
});

test('a place that cannot be written is told of in one line, before anything is asked', async () => {
  writeFileSync(join(folder, 'set'), 'in the way');
  expect(await complaint()).toMatch(/^cannot write .*rolls\.mat: .*set is a file, not a folder$/);
  expect(requests).toEqual([]);
});

describe('a connection that breaks', () => {
  test('is gone on with from where it broke', async () => {
    answer = breakOff(CONTENT, 70_000);
    await complaint();
    expect(left()).toEqual(['rolls.mat.partial', 'rolls.mat.partial.etag']);
    const kept = readFileSync(join(folder, 'set', 'rolls.mat.partial')).length;
    expect(kept).toBeGreaterThan(0);
    answer = serve(CONTENT);
    await get();
    expect(requests[1].headers).toMatchObject({ range: `bytes=${kept}-`, 'if-range': '"v1"' });
    expect(target().equals(CONTENT)).toBe(true);
    expect(left()).toEqual(['rolls.mat']);
  });

  test('starts anew where the server now has another version, or gave no strong tag', async () => {
    answer = breakOff(Buffer.alloc(CONTENT.length), 70_000, '"v0"');
    await complaint();
    answer = serve(CONTENT, '"v1"');
    await get();
    expect(target().equals(CONTENT)).toBe(true);
    rmSync(join(folder, 'set', 'rolls.mat'));
    answer = breakOff(CONTENT, 70_000, 'W/"v1"');
    await complaint();
    expect(left()).toEqual(['rolls.mat.partial']);
    answer = serve(CONTENT);
    await get();
    expect(requests.at(-1)?.headers.range).toBeUndefined();
  });

  test('a whole partial file, or one that is too long, does not stand in the way', async () => {
    for (const bytes of [CONTENT, Buffer.alloc(CONTENT.length + 5)]) {
      answer = breakOff(CONTENT, 70_000);
      await complaint();
      writeFileSync(join(folder, 'set', 'rolls.mat.partial'), bytes);
      answer = serve(CONTENT);
      await get({ maxBytes: 10 * CONTENT.length });
      expect(target().equals(CONTENT)).toBe(true);
      rmSync(join(folder, 'set', 'rolls.mat'));
    }
  });

  test('an answer with another part than was asked for', async () => {
    answer = breakOff(CONTENT, 70_000);
    await complaint();
    answer = (_, response) => {
      response.writeHead(206, { 'content-range': `bytes 5-${CONTENT.length - 1}/${CONTENT.length}` });
      response.end(CONTENT.subarray(5));
    };
    expect(await complaint()).toMatch(/another part of the file/);
    expect(left()).toEqual([]);
  });

  test('a server that falls silent', async () => {
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': CONTENT.length });
      response.write(CONTENT.subarray(0, 1000));
    };
    expect(await complaint({ stallMilliseconds: 300 })).toMatch(/files\.test: sent nothing for 0\.3 s/);
    answer = () => {};
    expect(await complaint({ stallMilliseconds: 300 })).toMatch(/files\.test: sent nothing for 0\.3 s/);
  });
});

describe('refused, and nothing kept', () => {
  test('another content of the right size', async () => {
    answer = serve(Buffer.alloc(CONTENT.length));
    expect(await complaint()).toMatch(/sent a file with SHA-256 [0-9a-f]{64} instead of /);
    expect(left()).toEqual([]);
  });

  test('an announced size that is not the expected one', async () => {
    answer = serve(Buffer.concat([CONTENT, CONTENT]));
    expect(await complaint()).toMatch(/announces 400000 bytes where 200000 are due/);
    expect(await complaint({ bytes: undefined })).toMatch(
      /announces 400000 bytes where at most 200000 are due/,
    );
    expect(left()).toEqual([]);
  });

  test('more bytes than are due, without an announced size', async () => {
    answer = (_, response) => {
      response.writeHead(200, { 'transfer-encoding': 'chunked' });
      response.write(CONTENT);
      response.end('more');
    };
    expect(await complaint()).toMatch(/sends more than 200000 bytes/);
    expect(left()).toEqual([]);
  });

  test('fewer bytes than are due', async () => {
    answer = (_, response) => {
      response.writeHead(200, { 'transfer-encoding': 'chunked' });
      response.end(CONTENT.subarray(0, 500));
    };
    expect(await complaint()).toMatch(/ended after 500 of 200000 bytes/);
    expect(existsSync(join(folder, 'set', 'rolls.mat'))).toBe(false);
  });

  test.each([404, 500, 204, 304])('status %i', async (status) => {
    answer = (_, response) => response.writeHead(status).end();
    expect(await complaint()).toMatch(new RegExp(`^files\\.test answers ${status}`));
    expect(left()).toEqual([]);
  });
});

describe('only https', () => {
  test.each(['http://files.test/a', 'file:///etc/passwd', 'ftp://files.test/a', 'data:,x'])(
    '%s',
    async (url) => {
      answer = serve(CONTENT);
      expect(await complaint({ url })).toMatch(/not https/);
      expect(requests).toEqual([]);
    },
  );

  test.each(['http://files.test/b', 'file:///etc/passwd', '//'])('a redirection to %s', async (location) => {
    answer = (_, response) => response.writeHead(302, { location }).end();
    expect(await complaint()).toMatch(/not https|not an address/);
    expect(requests).toHaveLength(1);
  });

  test('a redirection to https is followed, one in a circle is not', async () => {
    answer = (request, response) => {
      if (request.url === '/moved/rolls.mat') return serve(CONTENT)(request, response);
      response.writeHead(302, { location: '/moved/rolls.mat' }).end();
    };
    await get();
    expect(target().equals(CONTENT)).toBe(true);
    answer = (_, response) => response.writeHead(302, { location: '/rolls.mat' }).end();
    expect(await complaint()).toMatch(/redirects more than 5 times/);
  });
});

test('no connection: the reason in one line', async () => {
  const offline: typeof fetch = () =>
    Promise.reject(Object.assign(new TypeError('fetch failed'), { cause: { code: 'ENOTFOUND' } }));
  expect(await complaint({ fetch: offline })).toMatch(/^files\.test: ENOTFOUND/);
});

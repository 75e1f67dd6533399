import { createHash } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { Failure } from '../platform/failure.js';
import { makeFolder } from '../platform/make-folder.js';

const MAX_REDIRECTS = 5;
const STALL_MILLISECONDS = 30_000;

/** Bytes on disk, and of the whole file if known. */
export type Progress = (done: number, total: number | undefined) => void;

export interface Download {
  readonly url: string;
  /** Where the file goes. */
  readonly target: string;
  /** Exact size, if known beforehand. */
  readonly bytes?: number;
  /** More than this is refused. */
  readonly maxBytes: number;
  /** Of the whole file, hexadecimal, if known beforehand. */
  readonly sha256?: string;
  readonly progress?: Progress;
  /** Another way to reach the network; Node's own `fetch` if not given. */
  readonly fetch?: typeof globalThis.fetch;
  /** Without a byte for so long the attempt ends; 30 s if not given. */
  readonly stallMilliseconds?: number;
}

/** What is known of a partial file: the strong entity tag of the version that it is the beginning of. */
interface Partial {
  readonly path: string;
  readonly tagPath: string;
  readonly bytes: number;
  readonly tag: string | undefined;
}

/**
 * Fetches a file over https: whole, checked and in its place, or not there at all. A broken connection leaves
 * `TARGET.partial`, from which a later call goes on (RFC 9110, Range with If-Range and a strong entity tag),
 * or starts anew if the server has another version or gives no tag. Only one process may fetch a file at a time.
 *
 * @throws Failure in one line: an address or redirection that is not https, no connection, a status other than
 *   success, a size that is not the announced or expected one, a wrong SHA-256, no byte for 30 seconds
 */
export async function download(request: Download): Promise<void> {
  const { target, sha256 } = request;
  try {
    makeFolder(dirname(target));
  } catch (error) {
    throw new Failure(`cannot write ${target}: ${(error as Error).message}`);
  }
  const partial = await fetchInto(request, existingPartial(target));
  const found = await sha256OfFile(partial.path);
  if (sha256 !== undefined && found !== sha256) {
    discard(partial);
    throw new Failure(`${hostOf(request.url)} sent a file with SHA-256 ${found} instead of ${sha256}`);
  }
  renameSync(partial.path, target);
  discard(partial);
}

function existingPartial(target: string): Partial {
  const path = `${target}.partial`;
  const tagPath = `${path}.etag`;
  const bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  const tag = existsSync(tagPath) ? readFileSync(tagPath, 'utf8') : undefined;
  return { path, tagPath, bytes, tag };
}

function discard({ path, tagPath }: Partial): void {
  rmSync(path, { force: true });
  rmSync(tagPath, { force: true });
}

async function fetchInto(request: Download, partial: Partial): Promise<Partial> {
  const stall = new Stall(request.stallMilliseconds ?? STALL_MILLISECONDS);
  try {
    const resume = partial.bytes > 0 && partial.tag !== undefined && partial.bytes < request.maxBytes;
    const headers: Record<string, string> = { 'accept-encoding': 'identity' };
    if (resume) {
      headers.range = `bytes=${partial.bytes}-`;
      headers['if-range'] = partial.tag as string;
    }
    const response = await follow(request, headers, stall.signal);
    if (resume && response.status === 416) {
      await response.body?.cancel();
      discard(partial);
      return await fetchInto(request, { ...partial, bytes: 0, tag: undefined });
    }
    return await receive(request, response, partial, stall);
  } catch (error) {
    throw asFailure(error, request.url, stall);
  } finally {
    stall.end();
  }
}

/** Ends a request when no byte came for a while. */
class Stall {
  private readonly controller = new AbortController();
  private timer: NodeJS.Timeout;

  constructor(private readonly milliseconds: number) {
    this.timer = this.start();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  get reason(): string | undefined {
    return this.signal.aborted ? `sent nothing for ${this.milliseconds / 1000} s` : undefined;
  }

  /** A byte came. */
  restart(): void {
    clearTimeout(this.timer);
    this.timer = this.start();
  }

  /** Also lets go of a connection that is still open. */
  end(): void {
    clearTimeout(this.timer);
    this.controller.abort();
  }

  private start(): NodeJS.Timeout {
    return setTimeout(() => this.controller.abort(), this.milliseconds);
  }
}

/** Follows redirections by hand, as each must be https. */
async function follow(
  request: Download,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<Response> {
  const fetch = request.fetch ?? globalThis.fetch;
  let url = secure(request.url, request.url);
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const response = await fetch(url, { headers, signal, redirect: 'manual' });
    const location = response.headers.get('location');
    if (response.status < 300 || response.status > 399 || response.status === 304 || !location)
      return response;
    await response.body?.cancel();
    url = secure(location, url);
  }
  throw new Failure(`${hostOf(request.url)} redirects more than ${MAX_REDIRECTS} times`);
}

function secure(address: string, base: string): string {
  let url: URL;
  try {
    url = new URL(address, base);
  } catch {
    throw new Failure(`not an address: ${address.slice(0, 200)}`);
  }
  if (url.protocol !== 'https:') throw new Failure(`refused ${url.href.slice(0, 200)}: not https`);
  return url.href;
}

async function receive(
  request: Download,
  response: Response,
  partial: Partial,
  stall: Stall,
): Promise<Partial> {
  const host = hostOf(request.url);
  if (response.status !== 200 && response.status !== 206) {
    throw new Failure(`${host} answers ${response.status} ${response.statusText}`.trim());
  }
  const start = response.status === 206 ? resumedAt(response, partial, host) : 0;
  const total = announcedTotal(response, start);
  checkTotal(request, total, partial);
  const tag = response.headers.get('etag');
  rmSync(partial.tagPath, { force: true });
  const file = openSync(partial.path, start > 0 ? 'a' : 'w');
  let done = start;
  try {
    if (tag && !tag.startsWith('W/')) writeFileSync(partial.tagPath, tag);
    for await (const chunk of response.body ?? []) {
      stall.restart();
      done += chunk.length;
      checkSize(request, done, total, partial);
      writeAll(file, chunk);
      request.progress?.(done, total ?? request.bytes);
    }
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  const due = total ?? request.bytes;
  if (due !== undefined && done !== due) {
    throw new Failure(`${host} ended after ${done} of ${due} bytes; run it again to go on from there`);
  }
  return partial;
}

/** The offset at which a partial answer goes on: it must be the one that was asked for. */
function resumedAt(response: Response, partial: Partial, host: string): number {
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '');
  if (range && Number(range[1]) === partial.bytes) return partial.bytes;
  discard(partial);
  throw new Failure(`${host} answers with another part of the file than was asked for; run it again`);
}

function announcedTotal(response: Response, start: number): number | undefined {
  const length = response.headers.get('content-length');
  if (length === null || response.headers.get('content-encoding')) return undefined;
  return /^\d{1,15}$/.test(length) ? start + Number(length) : undefined;
}

function checkTotal(request: Download, total: number | undefined, partial: Partial): void {
  if (total === undefined) return;
  const most = request.bytes ?? request.maxBytes;
  if (total <= most && (request.bytes === undefined || total === request.bytes)) return;
  discard(partial);
  const due = request.bytes === undefined ? `at most ${most}` : `${most}`;
  throw new Failure(`${hostOf(request.url)} announces ${total} bytes where ${due} are due`);
}

function checkSize(request: Download, done: number, total: number | undefined, partial: Partial): void {
  const most = Math.min(total ?? Number.POSITIVE_INFINITY, request.bytes ?? request.maxBytes);
  if (done <= most) return;
  discard(partial);
  throw new Failure(`${hostOf(request.url)} sends more than ${most} bytes`);
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
}

async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(path)) hash.update(part as Uint8Array);
  return hash.digest('hex');
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

/** One line for whatever ended a download. */
function asFailure(error: unknown, url: string, stall: Stall): Failure {
  if (error instanceof Failure) return error;
  const cause = (error as { cause?: { code?: string; message?: string } }).cause;
  const reason = stall.reason ?? cause?.code ?? cause?.message ?? (error as Error).message;
  return new Failure(`${hostOf(url)}: ${reason}${proxyHint()}`);
}

/** Node's fetch takes a proxy from the environment only when asked to (Node 24 and newer). */
function proxyHint(environment: NodeJS.ProcessEnv = process.env): string {
  const proxy = environment.HTTPS_PROXY ?? environment.https_proxy;
  if (!proxy || environment.NODE_USE_ENV_PROXY) return '';
  return ' (HTTPS_PROXY is set, but Node passes over it: with Node 24 set NODE_USE_ENV_PROXY=1 too)';
}

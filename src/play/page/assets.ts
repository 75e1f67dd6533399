import type { WasmPath } from '../../kernels/paths.js';
import type { UnitData } from '../../model/graph/unit-data.js';
import type { GivenFile } from '../given-music.js';
import type { KernelModule } from '../start-engine.js';
import { byId } from './dom.js';

/** What the build lays into the page, as base64 of gzip. */
export interface Embedded {
  /** What is to be preferred first. */
  readonly modules: readonly { readonly path: WasmPath; readonly gzip: string }[];
  /** A data set: the files one after the other, and the length of each. */
  readonly music: {
    readonly name: string;
    readonly files: readonly (readonly [path: string, length: number])[];
    readonly gzip: string;
  };
  /** JSON of `DescribedUnit[]`. */
  readonly units: { readonly gzip: string };
}

export interface DescribedUnit {
  readonly data: UnitData;
  /** An SVG of one step. */
  readonly figure: string;
}

export interface Assets {
  readonly modules: readonly KernelModule[];
  readonly music: { readonly name: string; readonly files: readonly GivenFile[] };
  readonly units: readonly DescribedUnit[];
  /** Source of the worker. */
  readonly worker: string;
}

export async function readAssets(): Promise<Assets> {
  const { modules, music, units } = JSON.parse(byId('assets').textContent) as Embedded;
  return {
    modules: await Promise.all(modules.map(async ({ path, gzip }) => ({ path, bytes: await unpack(gzip) }))),
    music: { name: music.name, files: cut(await unpack(music.gzip), music.files) },
    units: JSON.parse(new TextDecoder().decode(await unpack(units.gzip))) as DescribedUnit[],
    worker: byId('worker').textContent,
  };
}

function cut(whole: Uint8Array<ArrayBuffer>, files: Embedded['music']['files']): GivenFile[] {
  let end = 0;
  return files.map(([path, length]) => {
    end += length;
    return { path, bytes: whole.slice(end - length, end) };
  });
}

async function unpack(gzip: string): Promise<Uint8Array<ArrayBuffer>> {
  const packed = Uint8Array.from(atob(gzip), (character) => character.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

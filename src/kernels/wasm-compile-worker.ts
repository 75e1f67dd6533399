/** A thread that compiles a WebAssembly module and tells its bytes. */
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';

/** Files and folders by name. */
export interface Files {
  [name: string]: Files | string;
}

export interface ToCompiler {
  /** File of the package @yowasp/clang. */
  readonly compiler: string;
  readonly words: readonly string[];
  readonly files: Files;
  /** The file that comes out. */
  readonly result: string;
}

/** What the thread tells, once: the file's bytes, or what the compiler said. */
export type FromCompiler = { readonly module: Uint8Array } | { readonly refused: string };

/** What is used of @yowasp/clang. */
interface Clang {
  readonly commands: {
    'clang++'(
      words: readonly string[],
      files: Files,
      options: {
        stdout: null;
        stderr(bytes: Uint8Array | null): void;
        fetchProgress(): void;
      },
    ): Promise<Record<string, Uint8Array>>;
  };
}

async function compile({ compiler, words, files, result }: ToCompiler): Promise<FromCompiler> {
  const { commands } = (await import(pathToFileURL(compiler).href)) as Clang;
  const said: Uint8Array[] = [];
  try {
    const made = await commands['clang++'](words, files, {
      stdout: null,
      stderr: (bytes) => void (bytes && said.push(bytes.slice())),
      fetchProgress: () => {},
    });
    return { module: made[result] };
  } catch (error) {
    return { refused: Buffer.concat(said).toString('utf8') || (error as Error).message };
  }
}

parentPort?.postMessage(await compile(workerData as ToCompiler));

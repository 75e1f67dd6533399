/** What is used here of WebAssembly, which browsers and Node have alike and Node's types leave out. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: BufferSource);
  }

  class Instance {
    constructor(module: Module, imports?: Record<string, Record<string, unknown>>);
    readonly exports: unknown;
  }

  class Memory {
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }

  interface Global {
    value: number;
  }

  /** Whether this engine knows all that a module is made of. */
  function validate(bytes: BufferSource): boolean;

  type BufferSource = ArrayBufferView | ArrayBuffer;
}

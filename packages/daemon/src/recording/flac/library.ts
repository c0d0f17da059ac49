/** libFLAC, compiled to WebAssembly. Only threads load it: encoding and decoding would block the event loop. */
import libflac from 'libflacjs';

export type FlacLibrary = ReturnType<typeof libflac>;

/** @throws {Error} if it cannot be loaded. */
export async function loadFlacLibrary(): Promise<FlacLibrary> {
  // It would fetch its WebAssembly from the path of a file, which `fetch` of Node.js rejects. Without `fetch`, it reads the file.
  const { fetch } = globalThis;
  Reflect.deleteProperty(globalThis, 'fetch');
  try {
    const library = libflac('min.wasm');
    if (!library.isReady()) await new Promise<void>((resolve) => library.on('ready', () => resolve()));
    return library;
  } finally {
    globalThis.fetch = fetch;
  }
}

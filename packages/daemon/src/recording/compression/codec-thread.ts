/** Entry point of a thread that compresses recordings, or decodes parts of them. Started by `codec-threads.ts`. */
import { parentPort } from 'node:worker_threads';
import { lowerPriority } from '../../loop/thread-priority.ts';
import { decodeBlocks } from '../flac/decoder.ts';
import { loadFlacLibrary } from '../flac/library.ts';
import type { CodecAnswer, CodecRequest } from './codec-threads.ts';
import { compressFile } from './compress-file.ts';

lowerPriority();
const library = await loadFlacLibrary();

async function answer(request: CodecRequest): Promise<CodecAnswer> {
  try {
    if (request.kind === 'compress') return { kind: 'compressed', ...(await compressFile(request.job)) };
    return { kind: 'decoded', samples: decodeBlocks(library, request.stream, request.blocks) };
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    return { kind: 'failed', message, ...(code !== undefined && { code }) };
  }
}

parentPort?.on('message', (request: CodecRequest) => {
  void answer(request).then((result) =>
    parentPort?.postMessage(result, result.kind === 'decoded' ? [result.samples.buffer] : []),
  );
});

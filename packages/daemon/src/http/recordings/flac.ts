/** Sends a recording as FLAC, encoded while it is sent, as fast as the client reads. The length is not known before the end. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { WAV_HEADER_BYTES, PCM_SAMPLE_BYTES } from '@sidetone/core';
import type { ExportSlots } from '../../export/export-slots.ts';
import { encodeFlac, type StartFlacThread } from '../../recording/flac/flac-threads.ts';
import type { Download } from './downloads.ts';

export interface FlacDeps {
  readonly slots: Pick<ExportSlots, 'check' | 'run'>;
  readonly startEncoder: StartFlacThread;
}

/** @throws {FaultError} LIMIT_EXCEEDED, or ENCODER_FAILED, also after the head of the response. */
export async function sendFlac(
  request: IncomingMessage,
  response: ServerResponse,
  { callId, name, file, onStart }: Download,
  { slots, startEncoder }: FlacDeps,
): Promise<void> {
  // Weak: another release of the encoder can return other bytes for the same samples.
  const etag = `W/"${callId}-${file.bytes}"`;
  if (request.headers['if-none-match'] === etag) return void response.writeHead(304, { etag }).end();
  slots.check();
  const headers = {
    etag,
    'accept-ranges': 'none',
    'content-type': 'audio/flac',
    'content-disposition': `attachment; filename="${name}.flac"`,
  };
  if (request.method === 'HEAD') return void response.writeHead(200, headers).end();
  await slots.run(async () => {
    await onStart(true);
    const { format, bytes } = file;
    const frames = (bytes - WAV_HEADER_BYTES) / (PCM_SAMPLE_BYTES * format.channels);
    const samples = file.read(WAV_HEADER_BYTES, bytes);
    const encoded = encodeFlac(samples, { ...format, frames: Math.floor(frames) }, startEncoder);
    async function* parts(first: IteratorResult<Uint8Array>): AsyncGenerator<Uint8Array> {
      if (!first.done) yield first.value;
      yield* encoded;
    }
    try {
      // An encoder that cannot start is answered with its error.
      const first = await encoded.next();
      response.writeHead(200, headers);
      await pipeline(Readable.from(parts(first), { objectMode: false }), response);
    } finally {
      // Also if the client has left before the first part was sent.
      await encoded.return(undefined);
    }
  });
}

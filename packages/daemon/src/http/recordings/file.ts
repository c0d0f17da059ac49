/** Sends a file of a recording, with range requests (RFC 9110, section 14), also while it is being written. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { RecordingFile } from '../../recording/ports.ts';
import { sendText } from '../reply.ts';
import type { Download } from './downloads.ts';

/** The bytes `[from, to)` of a file. */
interface ByteRange {
  readonly from: number;
  readonly to: number;
}

/**
 * Parses a `Range` header. Returns undefined for the whole file, also if the header must be ignored (other units, several
 * ranges), and `'unsatisfiable'` if the range is outside the file. Pure.
 */
export function rangeIn(header: string | undefined, bytes: number): ByteRange | 'unsatisfiable' | undefined {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '') ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined;
  if (first === '') {
    const length = Number(last);
    return length === 0 ? 'unsatisfiable' : { from: Math.max(0, bytes - length), to: bytes };
  }
  const from = Number(first);
  const to = last === '' ? bytes : Math.min(bytes, Number(last) + 1);
  if (last !== '' && Number(last) < from) return undefined;
  return from >= bytes ? 'unsatisfiable' : { from, to };
}

/** A file that is sent. */
interface SentFile {
  readonly etag: string;
  readonly type: string;
  readonly name: string;
  readonly bytes: number;
  read(from: number, to: number): Readable;
}

export const sendWav = (
  request: IncomingMessage,
  response: ServerResponse,
  { callId, name, file, onStart }: Download,
): Promise<void> =>
  sendFile(request, response, onStart, {
    etag: `"${callId}-${file.bytes}"`,
    type: 'audio/wav',
    name: `${name}.wav`,
    bytes: file.bytes,
    read: (from, to) => file.read(from, to),
  });

/** Sends a recording that is stored as FLAC, as it is stored. */
export const sendStoredFlac = (
  request: IncomingMessage,
  response: ServerResponse,
  { callId, name, onStart }: Download,
  { bytes, read }: NonNullable<RecordingFile['flac']>,
): Promise<void> =>
  sendFile(request, response, onStart, {
    etag: `"${callId}-flac-${bytes}"`,
    type: 'audio/flac',
    name: `${name}.flac`,
    bytes,
    read,
  });

async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  onStart: Download['onStart'],
  { etag, type, name, bytes, read }: SentFile,
): Promise<void> {
  response.setHeader('accept-ranges', 'bytes');
  response.setHeader('etag', etag);
  if (request.headers['if-none-match'] === etag) return void response.writeHead(304).end();

  const condition = request.headers['if-range'];
  const isSame = condition === undefined || condition === etag;
  const range = isSame && request.method === 'GET' ? rangeIn(request.headers.range, bytes) : undefined;
  if (range === 'unsatisfiable') {
    response.setHeader('content-range', `bytes */${bytes}`);
    return sendText(response, 416, 'range not satisfiable');
  }
  const { from, to } = range ?? { from: 0, to: bytes };
  if (request.method === 'GET') await onStart(from === 0);
  response.writeHead(range ? 206 : 200, {
    'content-type': type,
    'content-length': to - from,
    'content-disposition': `attachment; filename="${name}"`,
    ...(range && { 'content-range': `bytes ${from}-${to - 1}/${bytes}` }),
  });
  if (request.method === 'HEAD') return void response.end();
  await pipeline(read(from, to), response);
}

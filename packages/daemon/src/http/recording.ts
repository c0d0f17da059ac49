/** `/calls/{id}/recording.wav`: the recording of a call, with range requests (RFC 9110, section 14), also while it is being written. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { FaultError, messageOf, type CallId, type Logger } from '@sidetone/core';
import { BoundedMap } from '@sidetone/plugin-kit';
import type { RecordingArchive } from '../recording/ports.ts';
import type { Connections } from './limits/connections.ts';
import type { Gate } from './gate.ts';
import type { Rejections } from './rejections.ts';
import type { MediaAccess, MediaRequester } from './media-access.ts';
import { sendFailure, sendText } from './reply.ts';

/** Downloads that are remembered. A player whose download was dropped is reported once more. */
const MAX_DOWNLOADS = 10_000;

export const RECORDING_PATH = /^\/calls\/([^/]+)\/recording\.wav$/;

interface RecordingEndpointDeps {
  readonly recordings: Pick<RecordingArchive, 'open'>;
  readonly gate: Pick<Gate, 'clientOf'>;
  readonly access: MediaAccess;
  /** Called before the recording of a call is sent to a viewer, but not for further parts. If it rejects, nothing is sent. */
  readonly onDownload: (callId: CallId, by: MediaRequester) => Promise<void>;
  readonly outputs: Pick<Connections, 'assign'>;
  readonly rejections: Pick<Rejections, 'report'>;
  readonly log: Logger;
}

export interface RecordingEndpoint {
  request(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void>;
}

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

export function createRecordingEndpoint(deps: RecordingEndpointDeps): RecordingEndpoint {
  const { recordings, gate, access, outputs, log } = deps;
  /** The downloads of a viewer and call whose beginning was reported. */
  const downloads = new BoundedMap<string, true>(MAX_DOWNLOADS);

  async function send(
    request: IncomingMessage,
    response: ServerResponse,
    callId: CallId,
    by: MediaRequester,
  ): Promise<void> {
    const file = await recordings.open(callId);
    if (!file) throw new FaultError('CALL_NOT_FOUND', 'this call has no recording');
    const etag = `"${callId}-${file.bytes}"`;
    response.setHeader('accept-ranges', 'bytes');
    response.setHeader('etag', etag);
    response.setHeader('last-modified', new Date(file.changedAt).toUTCString());
    response.setHeader('cache-control', 'private, no-cache');
    if (request.headers['if-none-match'] === etag) return void response.writeHead(304).end();

    const condition = request.headers['if-range'];
    const isSame = condition === undefined || condition === etag;
    const range = isSame && request.method === 'GET' ? rangeIn(request.headers.range, file.bytes) : undefined;
    if (range === 'unsatisfiable') {
      response.setHeader('content-range', `bytes */${file.bytes}`);
      return sendText(response, 416, 'range not satisfiable');
    }
    const { from, to } = range ?? { from: 0, to: file.bytes };
    const download = `${by.viewer.name} ${by.isByLink} ${callId}`;
    if (request.method === 'GET' && (from === 0 || !downloads.has(download))) {
      await deps.onDownload(callId, by);
      downloads.set(download, true);
    }
    response.writeHead(range ? 206 : 200, {
      'content-type': 'audio/wav',
      'content-length': to - from,
      'content-disposition': `attachment; filename="${callId}.wav"`,
      ...(range && { 'content-range': `bytes ${from}-${to - 1}/${file.bytes}` }),
    });
    if (request.method === 'HEAD') return void response.end();
    await pipeline(file.read(from, to), response);
  }

  return {
    async request(request, response, url) {
      const callId = RECORDING_PATH.exec(url.pathname)?.[1] as CallId;
      try {
        const requester = access.requester(request, url);
        outputs.assign(request, gate.clientOf(request, requester.viewer));
        await send(request, response, callId, requester);
      } catch (error) {
        if (response.headersSent)
          return log.debug('recording download aborted', { reason: messageOf(error) });
        sendFailure(response, deps.rejections.report(request, 'RECORDING', error));
      }
    },
  };
}

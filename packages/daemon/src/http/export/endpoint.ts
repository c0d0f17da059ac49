/** `/export/...` and `/calls/{id}/transcript.*`: calls, events, utterances and transcripts as files. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FaultError, messageOf, offsetOrigin, type CallId, type Logger } from '@sidetone/core';
import type { GraphQLSchema } from 'graphql';
import type { MediaLinks } from '../../access/media-links.ts';
import { requireScope } from '../../access/scopes.ts';
import { seesNumbers, type Viewer } from '../../access/viewer.ts';
import type { Cursors } from '../../calls/cursor.ts';
import type { Countries } from '../../calls/numbers/countries.ts';
import type { ExportContent, ExportFormat, ExportRow } from '../../export/contents.ts';
import { encodeExportCursor } from '../../export/cursor.ts';
import { createEncoder, type ExportEncoder } from '../../export/encoders.ts';
import type { ExportSlots } from '../../export/export-slots.ts';
import { maskLine, maskRow } from '../../export/masks.ts';
import { readRows, type ExportRequest } from '../../export/read-rows.ts';
import type { TranscriptLine } from '../../export/spans.ts';
import { transcriptContentType, writeTranscript, type TranscriptFormat } from '../../export/transcripts.ts';
import type { KeysetPosition } from '../../history/paging.ts';
import type { History } from '../../history/ports.ts';
import type { RecordingArchive } from '../../recording/ports.ts';
import type { Gate } from '../gate.ts';
import type { Connections } from '../limits/connections.ts';
import type { Rejections } from '../rejections.ts';
import { sendFailure } from '../reply.ts';
import { listAt, selectionOf, transcriptAt } from './request.ts';

/** The number of utterances that are read at once. */
const TRANSCRIPT_PAGE = 500;

interface ExportEndpointDeps {
  readonly history: Pick<History, 'call' | 'calls' | 'events' | 'utterances'>;
  readonly recordings: Pick<RecordingArchive, 'find'>;
  readonly cursors: Pick<Cursors, 'encode'>;
  readonly schema: GraphQLSchema;
  readonly countries: Countries;
  readonly gate: Pick<Gate, 'checkSender' | 'viewer' | 'clientOf'>;
  readonly links: Pick<MediaLinks, 'viewer'>;
  readonly outputs: Pick<Connections, 'assign'>;
  readonly rejections: Pick<Rejections, 'report'>;
  readonly slots: Pick<ExportSlots, 'check' | 'run'>;
  /** Called before rows are sent to a viewer. If it rejects, nothing is sent. */
  readonly onExport: (content: ExportContent, format: ExportFormat, by: Viewer) => Promise<void>;
  readonly now: () => number;
  readonly log: Logger;
}

/** Who requests an export, or who made the link to it. */
interface Requester {
  readonly viewer: Viewer;
  readonly isByLink: boolean;
}

export interface ExportEndpoint {
  /** Never rejects. */
  request(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void>;
}

export function createExportEndpoint(deps: ExportEndpointDeps): ExportEndpoint {
  async function sendList(
    { content, format }: { content: ExportContent; format: ExportFormat },
    { viewer, isByLink }: Requester,
    url: URL,
    response: ServerResponse,
    isHead: boolean,
  ): Promise<void> {
    const { filter, after } = selectionOf(url, content, viewer, deps, isByLink);
    // Calls that begin meanwhile are not included, so that every export ends.
    const createdBefore = Math.min(filter.createdBefore ?? Infinity, deps.now() + 1);
    const request = { content, filter: { ...filter, createdBefore }, ...(after && { after }) };
    deps.slots.check();
    const encoder = createEncoder(content, format);
    const headers = headersOf(encoder.contentType, `${content}.${format}`);
    if (isHead) return void response.writeHead(200, headers).end();
    await deps.slots.run(async () => {
      await deps.onExport(content, format, viewer);
      await sendRows(request, encoder, viewer, () => response.writeHead(200, headers));
    });
  }

  async function sendRows(
    request: ExportRequest,
    { head, encode }: ExportEncoder,
    viewer: Viewer,
    start: () => ServerResponse,
  ): Promise<void> {
    const { content } = request;
    const pages = readRows(request, deps);
    const shown = seesNumbers(viewer) ? (row: ExportRow) => row : (row: ExportRow) => maskRow(content, row);
    // A filter that the history rejects is answered with its error.
    const first = await pages.next();
    async function* texts(): AsyncGenerator<string> {
      if (!request.after && head !== '') yield head;
      for (let page = first; !page.done; page = await pages.next())
        yield page.value
          .map(({ row, position }) => encode(shown(row), encodeExportCursor(content, position)))
          .join('');
    }
    await pipeline(Readable.from(texts(), { objectMode: false }), start());
  }

  async function sendTranscript(
    { callId, format }: { callId: CallId; format: TranscriptFormat },
    viewer: Viewer,
    response: ServerResponse,
  ): Promise<void> {
    const call = await deps.history.call(callId);
    if (!call) throw new FaultError('CALL_NOT_FOUND', 'there is no call with this id');
    const origin = offsetOrigin(call);
    const startedAt = (await deps.recordings.find(callId))?.startedAt;
    const stored = await linesOf(deps.history, callId);
    const lines = seesNumbers(viewer) ? stored : stored.map(maskLine);
    const recordingMs = startedAt === undefined ? 0 : startedAt - origin;
    const text = writeTranscript(format, { lines, origin, recordingMs });
    response.writeHead(200, headersOf(transcriptContentType(format), `${callId}.${format}`)).end(text);
  }

  /** A signed URL decides alone: a browser downloads it without a token. */
  function requesterOf(request: IncomingMessage, url: URL, canBeLink: boolean): Requester {
    deps.gate.checkSender(request);
    const linked = canBeLink ? deps.links.viewer(url, 'READ') : undefined;
    return { viewer: linked ?? deps.gate.viewer(request), isByLink: linked !== undefined };
  }

  return {
    async request(request, response, url) {
      try {
        const list = listAt(url.pathname);
        const requester = requesterOf(request, url, list !== undefined);
        const { viewer } = requester;
        requireScope(viewer, 'READ', 'this endpoint');
        deps.outputs.assign(request, deps.gate.clientOf(request, viewer));
        if (list) await sendList(list, requester, url, response, request.method === 'HEAD');
        else await sendTranscript(transcriptAt(url.pathname), viewer, response);
      } catch (error) {
        // The client notices that the response is incomplete, and can continue after its last row.
        if (response.headersSent) {
          response.destroy();
          return deps.log.debug('export aborted', { reason: messageOf(error) });
        }
        sendFailure(response, deps.rejections.report(request, 'EXPORT', error));
      }
    },
  };
}

const headersOf = (contentType: string, filename: string) => ({
  'content-type': contentType,
  'content-disposition': `attachment; filename="${filename}"`,
  'cache-control': 'private, no-store',
});

async function linesOf(
  history: Pick<History, 'utterances'>,
  callId: CallId,
): Promise<readonly TranscriptLine[]> {
  const lines: TranscriptLine[] = [];
  let after: KeysetPosition | undefined;
  for (;;) {
    const page = { limit: TRANSCRIPT_PAGE, backward: false, ...(after && { after }) };
    const { rows, more } = await history.utterances(callId, page);
    for (const { at, utterance } of rows) lines.push({ ...utterance, at });
    const last = rows.at(-1);
    if (!more || !last) return lines;
    after = { key: last.orderMs, id: last.utterance.id };
  }
}

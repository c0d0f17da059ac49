/** `/calls/{id}/recording.wav` and `.flac`: who may download the recording of a call, and in which format. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { FaultError, isFault, messageOf, type CallId, type FaultCode, type Logger } from '@sidetone/core';
import { BoundedMap } from '@sidetone/plugin-kit';
import type { RecordingArchive } from '../../recording/ports.ts';
import type { Gate } from '../gate.ts';
import type { Connections } from '../limits/connections.ts';
import type { MediaAccess, MediaRequester } from '../media-access.ts';
import type { Rejections } from '../rejections.ts';
import { sendFailure } from '../reply.ts';
import type { Download } from './downloads.ts';
import { sendFlac, type FlacDeps } from './flac.ts';
import { sendStoredFlac, sendWav } from './file.ts';

/** Downloads that are remembered. A player whose download was dropped is reported once more. */
const MAX_DOWNLOADS = 10_000;

/** Failures that an operator must know of. */
const LOGGED: Readonly<Record<string, string>> = {
  ENCODER_FAILED: 'encoding a recording failed',
  RECORDING_UNREADABLE: 'reading a compressed recording failed',
} satisfies Partial<Record<FaultCode, string>>;

export const RECORDING_PATH = /^\/calls\/([^/]+)\/recording\.(wav|flac)$/;

interface RecordingEndpointDeps extends FlacDeps {
  readonly recordings: Pick<RecordingArchive, 'open' | 'find'>;
  readonly gate: Pick<Gate, 'clientOf'>;
  readonly access: MediaAccess;
  /** Called before the recording of a call is sent to a viewer, but not for further parts. If it rejects, nothing is sent. */
  readonly onDownload: (callId: CallId, by: MediaRequester) => Promise<void>;
  readonly outputs: Pick<Connections, 'assign'>;
  readonly rejections: Pick<Rejections, 'report'>;
  readonly log: Logger;
}

export interface RecordingEndpoint {
  /** Never rejects. */
  request(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void>;
}

/** Names sort by day, and tell whose recording a file is. */
const nameOf = (callId: CallId, startedAt: number | undefined): string =>
  startedAt === undefined ? callId : `${new Date(startedAt).toISOString().slice(0, 10)}-${callId}`;

export function createRecordingEndpoint(deps: RecordingEndpointDeps): RecordingEndpoint {
  const { recordings, gate, access, outputs, log } = deps;
  /** The downloads of a viewer and call whose beginning was reported. */
  const downloads = new BoundedMap<string, true>(MAX_DOWNLOADS);

  async function open(callId: CallId, by: MediaRequester): Promise<Download> {
    const file = await recordings.open(callId);
    if (!file) throw new FaultError('CALL_NOT_FOUND', 'this call has no recording');
    return {
      callId,
      name: nameOf(callId, (await recordings.find(callId))?.startedAt),
      file,
      async onStart(isFromStart) {
        const download = `${by.viewer.name} ${by.isByLink} ${callId}`;
        if (!isFromStart && downloads.has(download)) return;
        await deps.onDownload(callId, by);
        downloads.set(download, true);
      },
    };
  }

  function fail(request: IncomingMessage, response: ServerResponse, callId: CallId, error: unknown): void {
    const reason = messageOf(error);
    if (isFault(error) && Object.hasOwn(LOGGED, error.code))
      log.warn(LOGGED[error.code]!, { callId, code: error.code, reason, remedy: error.remedy });
    else if (response.headersSent) log.debug('recording download aborted', { reason });
    // The client notices that the response is incomplete.
    if (response.headersSent) response.destroy();
    else sendFailure(response, deps.rejections.report(request, 'RECORDING', error));
  }

  return {
    async request(request, response, url) {
      const [, id, format] = RECORDING_PATH.exec(url.pathname) ?? [];
      const callId = id as CallId;
      try {
        const requester = access.requester(request, url);
        outputs.assign(request, gate.clientOf(request, requester.viewer));
        const download = await open(callId, requester);
        response.setHeader('last-modified', new Date(download.file.changedAt).toUTCString());
        response.setHeader('cache-control', 'private, no-cache');
        const { flac } = download.file;
        if (format === 'wav') await sendWav(request, response, download);
        else if (flac) await sendStoredFlac(request, response, download, flac);
        else await sendFlac(request, response, download, deps);
      } catch (error) {
        fail(request, response, callId, error);
      }
    },
  };
}

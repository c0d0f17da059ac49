import type { VobizCall } from '../call/call-contract.ts';
import type { Stream } from '../stream/stream.ts';
import { CONTENT_TYPES, decodeStream, restStreamAttributes } from '../stream/stream-format.ts';
import { CALL, failure, fieldsOf, NO_CONTENT, onLiveCall, success } from './replies.ts';
import type { Route } from './replies.ts';

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 20;
const STREAM = `${CALL}Stream/([0-9a-f-]+)/`;

/** The routes of a call's streams. Streams of an ended call can still be read. */
export const STREAM_ROUTES: readonly Route[] = [
  {
    method: 'POST',
    path: new RegExp(`^${CALL}Stream/$`),
    answer(request, cloud, [uuid]) {
      const stream = restStreamAttributes(fieldsOf(request));
      if (stream === undefined) return failure(400, 'service_url is required');
      return onLiveCall(cloud, uuid, (call) => {
        const spec = decodeStream(stream.attributes, stream.url);
        if (spec === undefined) call.hangUpEndOfXml();
        const id = spec === undefined ? undefined : call.startStream(spec).id;
        return {
          status: 202,
          body: { message: 'audio streaming started', ...(id === undefined ? {} : { stream_id: id }) },
        };
      });
    },
  },
  {
    method: 'GET',
    path: new RegExp(`^${CALL}Stream/$`),
    answer({ query }, { calls, account }, [uuid]) {
      const call = calls.find(({ id }) => id === uuid);
      if (call === undefined) return failure(404, 'call not found');
      const limit = Math.min(MAX_LIMIT, Number(query.get('limit')) || DEFAULT_LIMIT);
      const offset = Math.max(0, Number(query.get('offset')) || 0);
      return {
        status: 200,
        body: {
          page: Math.floor(offset / limit) + 1,
          per_page: limit,
          total: call.streams.length,
          objects: call.streams
            .slice(offset, offset + limit)
            .map((stream) => describe(stream, call, account.authId)),
        },
      };
    },
  },
  {
    method: 'GET',
    path: new RegExp(`^${STREAM}$`),
    answer(_, { calls, account }, [uuid, streamId = '']) {
      const call = calls.find(({ id }) => id === uuid);
      const stream = call?.streams.find((one) => one.hasId(streamId));
      if (call === undefined || stream === undefined) return failure(404, 'Stream not found');
      return success(200, describe(stream, call, account.authId));
    },
  },
  {
    method: 'DELETE',
    path: new RegExp(`^${STREAM}$`),
    answer: (_, cloud, [uuid, streamId = '']) =>
      onLiveCall(cloud, uuid, ({ streams }) => {
        const stream = streams.find((one) => one.hasId(streamId) && !one.ended);
        if (stream === undefined) return failure(404, 'Stream not found');
        stream.stop();
        return NO_CONTENT;
      }),
  },
  {
    method: 'DELETE',
    path: new RegExp(`^${CALL}Stream/$`),
    answer: (_, cloud, [uuid]) =>
      onLiveCall(cloud, uuid, ({ streams }) => {
        for (const stream of streams) stream.stop();
        return NO_CONTENT;
      }),
  },
];

function describe(stream: Stream, call: VobizCall, authId: string): Record<string, unknown> {
  const { spec, id, startedAt, endedAt } = stream;
  const wasOpen = stream.states().some(({ status }) => status === 'open' || status === 'closed');
  return {
    stream_id: id,
    call_uuid: call.id,
    service_url: spec.url,
    audio_track: spec.audioTrack,
    bidirectional: spec.bidirectional,
    content_type: spec.contentType,
    sampling_rate: CONTENT_TYPES[spec.contentType].sampleRate,
    stream_timeout: spec.timeoutMs / 1000,
    status_callback_url: spec.statusCallbackUrl ?? '',
    status_callback_method: spec.statusCallbackMethod,
    status: endedAt === undefined ? 'in-progress' : wasOpen ? 'completed' : 'failed',
    start_time: isoTime(startedAt),
    end_time: endedAt === undefined ? null : isoTime(endedAt),
    resource_uri: `/v1/Account/${authId}/Call/${call.id}/Stream/${id}/`,
  };
}

function isoTime(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19)}Z`;
}

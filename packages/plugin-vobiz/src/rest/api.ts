/** Vobiz's REST API, as far as calls need it. */
import { FaultError } from '@sidetone/core';
import {
  listOf,
  numberOf,
  objectOf,
  definedFields,
  textOf,
  type JsonObject,
  type ProviderResponse,
} from '@sidetone/plugin-kit';
import { createRest, isGone, type RestDeps } from './rest-client.ts';

/** A call that is live, as the lookup tells it. */
export interface VobizLiveCall {
  readonly status?: string;
  readonly direction?: string;
  readonly from?: string;
  readonly to?: string;
}

/** Whether there was such a call to do it to. */
export type Outcome = 'done' | 'gone';

/** What Vobiz's voice is to say. */
export interface SpeakOrder {
  readonly text: string;
  readonly voice: string;
  readonly language: string;
}

/** A stream that is attached to a live call. */
export interface StreamOrder {
  readonly serviceUrl: URL;
  readonly isBidirectional: boolean;
  /** `both` only where it is one-way. */
  readonly audioTrack: 'inbound' | 'outbound' | 'both';
  readonly contentType: string;
  readonly timeoutSeconds: number;
  readonly statusCallbackUrl: URL;
}

export interface VobizStream {
  readonly streamId: string;
  /** `in-progress`, `completed`, `failed`. */
  readonly status?: string;
  readonly serviceUrl?: string;
  readonly audioTrack?: string;
}

export interface RecordingOrder {
  readonly timeLimitSeconds: number;
  readonly fileFormat: 'mp3' | 'wav';
  readonly channels: 'mono' | 'stereo';
  readonly callbackUrl: URL;
}

/** Days of which past calls are wanted, `YYYY-MM-DD`, both included. */
export interface CdrRequest {
  readonly page: number;
  readonly startDate: string;
  readonly endDate: string;
}

export interface CdrPage {
  readonly records: readonly JsonObject[];
  readonly hasNext: boolean;
}

/** Most past calls that Vobiz gives at once. */
export const CDR_PAGE_SIZE = 100;

/** Every method rejects with a FaultError of kind `provider` when Vobiz refuses or does not answer. Nothing is repeated. */
export interface VobizApi {
  /** Begins a call; its id. */
  makeCall(body: JsonObject, signal: AbortSignal): Promise<string>;
  /** The ids of the calls that are live, or wait to be dialled. */
  listCalls(status: 'live' | 'queued', signal: AbortSignal): Promise<readonly string[]>;
  /** Undefined when the call is over. */
  getLiveCall(callId: string, signal: AbortSignal): Promise<VobizLiveCall | undefined>;
  /** Makes the call go on with the XML at an address. */
  transfer(callId: string, url: URL, signal: AbortSignal): Promise<Outcome>;
  speak(callId: string, order: SpeakOrder, signal: AbortSignal): Promise<Outcome>;
  stopSpeaking(callId: string, signal: AbortSignal): Promise<Outcome>;
  play(callId: string, url: string, signal: AbortSignal): Promise<Outcome>;
  stopPlaying(callId: string, signal: AbortSignal): Promise<Outcome>;
  sendDigits(callId: string, digits: string, signal: AbortSignal): Promise<Outcome>;
  /** The id of the recording; undefined when the call is over. */
  startRecording(callId: string, order: RecordingOrder, signal: AbortSignal): Promise<string | undefined>;
  stopRecording(callId: string, signal: AbortSignal): Promise<Outcome>;
  hangUp(callId: string, signal: AbortSignal): Promise<Outcome>;
  /** The id of the stream; undefined when the call is over. */
  startStream(callId: string, order: StreamOrder, signal: AbortSignal): Promise<string | undefined>;
  listStreams(callId: string, signal: AbortSignal): Promise<readonly VobizStream[]>;
  stopStream(callId: string, streamId: string, signal: AbortSignal): Promise<Outcome>;
  stopStreams(callId: string, signal: AbortSignal): Promise<Outcome>;
  /** The record of a past call, unread; undefined when there is none. */
  getCdr(callId: string, signal: AbortSignal): Promise<JsonObject | undefined>;
  listCdrs(request: CdrRequest, signal: AbortSignal): Promise<CdrPage>;
  /** Whether Vobiz can be reached and takes the credentials. */
  check(signal: AbortSignal): Promise<void>;
}

const streamIn = (value: unknown): VobizStream | undefined => {
  const stream = objectOf(value);
  const streamId = textOf(stream['stream_id']);
  if (streamId === undefined) return undefined;
  return {
    streamId,
    ...definedFields({
      status: textOf(stream['status']),
      serviceUrl: textOf(stream['service_url']),
      audioTrack: textOf(stream['audio_track']),
    }),
  };
};

/** The id in an answer that promised one. Without it what was asked for was done, but cannot be named. */
function idIn({ json, status }: ProviderResponse, name: string): string {
  const told = objectOf(json)[name];
  const id = textOf(told) ?? textOf(listOf(told)[0]);
  if (id !== undefined) return id;
  throw new FaultError('PROVIDER_TIMEOUT', `Vobiz answered ${status} without ${name}: it may have been done`);
}

/** A client of one account. Holds nothing open. */
export function createVobizApi(deps: RestDeps): VobizApi {
  const { ask, need } = createRest(deps);
  // Paths are case-sensitive, and want their slash at the end.
  const account = `/Account/${encodeURIComponent(deps.authId)}`;
  const pathOf = (callId: string, resource = ''): string =>
    `${account}/Call/${encodeURIComponent(callId)}/${resource}`;

  const outcome = async (reply: Promise<ProviderResponse>): Promise<Outcome> =>
    isGone(await reply) ? 'gone' : 'done';
  const created = async (reply: Promise<ProviderResponse>, name: string): Promise<string | undefined> =>
    isGone(await reply) ? undefined : idIn(await reply, name);

  return {
    makeCall: async (body, signal) =>
      idIn(await need('POST', `${account}/Call/`, signal, body), 'request_uuid'),
    async listCalls(status, signal) {
      const reply = await need('GET', `${account}/Call/?status=${status}`, signal);
      return listOf(objectOf(reply.json)['calls'])
        .map(textOf)
        .filter((id) => id !== undefined);
    },
    async getLiveCall(callId, signal) {
      const reply = await ask('GET', `${pathOf(callId)}?status=live`, signal);
      if (isGone(reply)) return undefined;
      const call = objectOf(reply.json);
      return definedFields({
        status: textOf(call['call_status'])?.toLowerCase(),
        direction: textOf(call['direction'])?.toLowerCase(),
        from: textOf(call['from']),
        to: textOf(call['to']),
      });
    },
    transfer: (callId, url, signal) =>
      outcome(ask('POST', pathOf(callId), signal, { legs: 'aleg', aleg_url: url.href, aleg_method: 'POST' })),
    // Laid over the call, on the leg that the call began with: the person hears it.
    speak: (callId, order, signal) =>
      outcome(ask('POST', pathOf(callId, 'Speak/'), signal, { ...order, legs: 'aleg', mix: true })),
    stopSpeaking: (callId, signal) => outcome(ask('DELETE', pathOf(callId, 'Speak/'), signal)),
    // Several addresses are parted by commas, so one that has a comma would be two.
    play: (callId, url, signal) =>
      outcome(
        ask('POST', pathOf(callId, 'Play/'), signal, {
          urls: url.replaceAll(',', '%2C'),
          legs: 'aleg',
          mix: true,
        }),
      ),
    stopPlaying: (callId, signal) => outcome(ask('DELETE', pathOf(callId, 'Play/'), signal)),
    sendDigits: (callId, digits, signal) =>
      outcome(ask('POST', pathOf(callId, 'DTMF/'), signal, { digits, leg: 'aleg' })),
    startRecording: (callId, { timeLimitSeconds, fileFormat, channels, callbackUrl }, signal) =>
      created(
        ask('POST', pathOf(callId, 'Record/'), signal, {
          time_limit: timeLimitSeconds,
          file_format: fileFormat,
          record_channel_type: channels,
          callback_url: callbackUrl.href,
          callback_method: 'POST',
        }),
        'recording_id',
      ),
    stopRecording: (callId, signal) => outcome(ask('DELETE', pathOf(callId, 'Record/'), signal)),
    hangUp: (callId, signal) => outcome(ask('DELETE', pathOf(callId), signal)),
    startStream: (callId, order, signal) =>
      created(
        ask('POST', pathOf(callId, 'Stream/'), signal, {
          service_url: order.serviceUrl.href,
          // A text: a boolean would silently make a one-way stream.
          bidirectional: String(order.isBidirectional),
          audio_track: order.audioTrack,
          content_type: order.contentType,
          stream_timeout: order.timeoutSeconds,
          status_callback_url: order.statusCallbackUrl.href,
          status_callback_method: 'POST',
        }),
        'stream_id',
      ),
    async listStreams(callId, signal) {
      const reply = await ask('GET', `${pathOf(callId, 'Stream/')}?limit=20&offset=0`, signal);
      return listOf(objectOf(reply.json)['objects'])
        .map(streamIn)
        .filter((stream) => stream !== undefined);
    },
    stopStream: (callId, streamId, signal) =>
      outcome(ask('DELETE', pathOf(callId, `Stream/${encodeURIComponent(streamId)}/`), signal)),
    stopStreams: (callId, signal) => outcome(ask('DELETE', pathOf(callId, 'Stream/'), signal)),
    async getCdr(callId, signal) {
      const reply = await ask('GET', `${account}/cdr/${encodeURIComponent(callId)}`, signal);
      return isGone(reply) ? undefined : objectOf(objectOf(reply.json)['data']);
    },
    async listCdrs({ page, startDate, endDate }, signal) {
      const query = new URLSearchParams({
        page: String(page),
        per_page: String(CDR_PAGE_SIZE),
        start_date: startDate,
        end_date: endDate,
      });
      const { json } = await need('GET', `${account}/cdr?${query.toString()}`, signal);
      const records = listOf(objectOf(json)['data']).map(objectOf);
      const { has_next: told, pages } = objectOf(objectOf(json)['pagination']);
      const isFull = records.length >= CDR_PAGE_SIZE;
      const hasNext = typeof told === 'boolean' ? told : page < (numberOf(pages) ?? (isFull ? page + 1 : 0));
      return { records, hasNext };
    },
    async check(signal) {
      await need('GET', '/auth/me', signal);
    },
  };
}

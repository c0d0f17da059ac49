/** The requests of Vobiz's REST API that this plugin uses. */
import { FaultError } from '@sidetone/core';
import {
  listOf,
  numberOf,
  objectOf,
  path,
  definedFields,
  textOf,
  type JsonObject,
  type ProviderResponse,
} from '@sidetone/plugin-kit';
import type { Track } from '../wire.ts';
import type { ConferenceMember } from '../calls/conference-members.ts';
import { createLiveRoutes } from './live-routes.ts';
import { createRestClient, failureOf, isGone, type RestDeps } from './rest-client.ts';

/** A live call, as returned by its lookup. */
export interface VobizLiveCall {
  readonly status?: string;
  readonly direction?: string;
  readonly from?: string;
  readonly to?: string;
}

/** Whether the request was accepted, or its call no longer exists. */
export type Outcome = 'done' | 'gone';

/** A text to speak with Vobiz's voice. */
interface SpeakOrder {
  readonly text: string;
  readonly voice: string;
  readonly language: string;
}

/** Where Vobiz sends the audio of a stream, in which format, and its status callbacks. */
export interface StreamTarget {
  readonly streamUrl: URL;
  readonly statusCallbackUrl: URL;
  readonly contentType: string;
  /** Whether each track is requested as a stream of its own. */
  readonly isSplit: boolean;
}

/** Days of past calls, `YYYY-MM-DD`, both included. */
interface CdrRequest {
  /** Starts at 1. */
  readonly page: number;
  readonly startDate: string;
  readonly endDate: string;
}

interface CdrPage {
  readonly records: readonly JsonObject[];
  readonly hasNext: boolean;
}

const LIVE = '?status=live';
/** Applications that are checked. */
const APPLICATIONS_LIMIT = 100;
/** Largest number of past calls in one response of Vobiz. */
const CDR_PAGE_SIZE = 100;
/** Longest duration of a stream that is started over REST, s: the longest possible call. */
const STREAM_SECONDS = 86_400;

/** Every method rejects with a FaultError of kind `provider` if Vobiz refuses or does not answer. Nothing is retried. */
export interface VobizApi {
  /** Places a call and returns its id. */
  makeCall(body: JsonObject, signal: AbortSignal): Promise<string>;
  /** Returns the ids of the live calls, ringing ones included. */
  listLiveCalls(signal: AbortSignal): Promise<readonly string[]>;
  /** Returns undefined if the call is not live. */
  getLiveCall(callId: string, signal: AbortSignal): Promise<VobizLiveCall | undefined>;
  /** Makes the call continue with the XML at a URL. */
  transfer(callId: string, url: URL, signal: AbortSignal): Promise<Outcome>;
  speak(callId: string, order: SpeakOrder, signal: AbortSignal): Promise<Outcome>;
  stopSpeaking(callId: string, signal: AbortSignal): Promise<Outcome>;
  play(callId: string, url: string, signal: AbortSignal): Promise<Outcome>;
  stopPlaying(callId: string, signal: AbortSignal): Promise<Outcome>;
  sendDigits(callId: string, digits: string, signal: AbortSignal): Promise<Outcome>;
  hangUp(callId: string, signal: AbortSignal): Promise<Outcome>;
  /** Starts a one-way stream of both tracks or one. Returns its id, or undefined if the call is not live. */
  startStream(
    callId: string,
    target: Omit<StreamTarget, 'isSplit'>,
    audioTrack: 'both' | Track,
    signal: AbortSignal,
  ): Promise<string | undefined>;
  /** Succeeds for a member that is already muted. */
  muteMember(member: ConferenceMember, signal: AbortSignal): Promise<Outcome>;
  unmuteMember(member: ConferenceMember, signal: AbortSignal): Promise<Outcome>;
  /** Returns the record of a past call as received, or undefined if there is none. */
  getCdr(callId: string, signal: AbortSignal): Promise<JsonObject | undefined>;
  listCdrs(request: CdrRequest, signal: AbortSignal): Promise<CdrPage>;
  /** Returns the first applications of the account, as they are. */
  listApplications(signal: AbortSignal): Promise<readonly JsonObject[]>;
  /** Checks that Vobiz is reachable and accepts the credentials. */
  check(signal: AbortSignal): Promise<void>;
}

/** Returns the id in a response. Without one, the request may have been carried out, but its result cannot be identified. */
function idIn({ json, status }: ProviderResponse, name: string): string {
  const value = objectOf(json)[name];
  const id = textOf(value) ?? textOf(listOf(value)[0]);
  if (id !== undefined) return id;
  throw new FaultError('PROVIDER_TIMEOUT', `Vobiz answered ${status} without ${name}: it may have been done`);
}

const callIdsIn = ({ json }: ProviderResponse): readonly string[] =>
  listOf(objectOf(json)['calls'])
    .map(textOf)
    .filter((id) => id !== undefined);

function liveCallIn({ json }: ProviderResponse): VobizLiveCall {
  const call = objectOf(json);
  return definedFields({
    status: textOf(call['call_status'])?.toLowerCase(),
    direction: textOf(call['direction'])?.toLowerCase(),
    from: textOf(call['from']),
    to: textOf(call['to']),
  });
}

function cdrPageIn({ json }: ProviderResponse, page: number): CdrPage {
  const records = listOf(objectOf(json)['data']).map(objectOf);
  const { has_next: hasNext, pages } = objectOf(objectOf(json)['pagination']);
  if (typeof hasNext === 'boolean') return { records, hasNext };
  const isFull = records.length >= CDR_PAGE_SIZE;
  return { records, hasNext: page < (numberOf(pages) ?? (isFull ? page + 1 : 0)) };
}

const outcome = async (reply: Promise<ProviderResponse>): Promise<Outcome> =>
  isGone(await reply) ? 'gone' : 'done';

/** Creates a client of one account. It holds nothing open. */
export function createVobizApi(deps: RestDeps): VobizApi {
  const { request, requestExisting } = createRestClient(deps);
  const live = createLiveRoutes(request);
  // Paths are case-sensitive and require the trailing slash, apart from those of live calls.
  const account = path`/Account/${deps.authId}`;
  const livePath = (callId: string): string => account + path`/Call/${callId}`;
  const callPath = (callId: string, resource = ''): string => `${livePath(callId)}/${resource}`;
  const mutePath = ({ room, memberId }: ConferenceMember): string =>
    account + path`/Conference/${room}/Member/${memberId}/Mute/`;

  const post = (url: string, json: object, signal: AbortSignal): Promise<Outcome> =>
    outcome(request('POST', url, signal, json));
  const remove = (url: string, signal: AbortSignal): Promise<Outcome> =>
    outcome(request('DELETE', url, signal));

  return {
    makeCall: async (body, signal) =>
      idIn(await requestExisting('POST', `${account}/Call/`, signal, body), 'request_uuid'),
    async listLiveCalls(signal) {
      const isFound = (reply: ProviderResponse): boolean => callIdsIn(reply).length > 0;
      const reply = await live.request('GET', `${account}/Call`, signal, { query: LIVE, isFound });
      if (isGone(reply)) throw failureOf(reply);
      return callIdsIn(reply);
    },
    async getLiveCall(callId, signal) {
      const reply = await live.request('GET', livePath(callId), signal, { query: LIVE });
      return isGone(reply) ? undefined : liveCallIn(reply);
    },
    transfer: (callId, url, signal) =>
      post(callPath(callId), { legs: 'aleg', aleg_url: url.href, aleg_method: 'POST' }, signal),
    // Mixed into the call, on the leg with which the call began: the customer's.
    speak: (callId, order, signal) =>
      post(callPath(callId, 'Speak/'), { ...order, legs: 'aleg', mix: true }, signal),
    stopSpeaking: (callId, signal) => remove(callPath(callId, 'Speak/'), signal),
    // A comma would separate two URLs.
    play: (callId, url, signal) =>
      post(callPath(callId, 'Play/'), { urls: url.replaceAll(',', '%2C'), legs: 'aleg', mix: true }, signal),
    stopPlaying: (callId, signal) => remove(callPath(callId, 'Play/'), signal),
    sendDigits: (callId, digits, signal) => post(callPath(callId, 'DTMF/'), { digits, leg: 'aleg' }, signal),
    hangUp: (callId, signal) => outcome(live.request('DELETE', livePath(callId), signal)),
    async startStream(callId, { streamUrl, statusCallbackUrl, contentType }, audioTrack, signal) {
      const reply = await request('POST', callPath(callId, 'Stream/'), signal, {
        service_url: streamUrl.href,
        // A string, as documented.
        bidirectional: 'false',
        audio_track: audioTrack,
        content_type: contentType,
        stream_timeout: STREAM_SECONDS,
        status_callback_url: statusCallbackUrl.href,
        status_callback_method: 'POST',
      });
      return isGone(reply) ? undefined : idIn(reply, 'stream_id');
    },
    muteMember: (member, signal) => post(mutePath(member), {}, signal),
    unmuteMember: (member, signal) => remove(mutePath(member), signal),
    async getCdr(callId, signal) {
      const reply = await request('GET', account + path`/cdr/${callId}`, signal);
      return isGone(reply) ? undefined : objectOf(objectOf(reply.json)['data']);
    },
    async listCdrs({ page, startDate, endDate }, signal) {
      const query = new URLSearchParams({
        page: String(page),
        per_page: String(CDR_PAGE_SIZE),
        start_date: startDate,
        end_date: endDate,
      });
      return cdrPageIn(await requestExisting('GET', `${account}/cdr?${query.toString()}`, signal), page);
    },
    async listApplications(signal) {
      const reply = await requestExisting(
        'GET',
        `${account}/Application/?limit=${APPLICATIONS_LIMIT}`,
        signal,
      );
      const applications = objectOf(reply.json)['objects'];
      if (Array.isArray(applications)) return applications.map(objectOf);
      throw new FaultError('PROVIDER_REFUSED', `Vobiz answered ${reply.status}: expected a list`);
    },
    async check(signal) {
      await requestExisting('GET', '/auth/me', signal);
    },
  };
}

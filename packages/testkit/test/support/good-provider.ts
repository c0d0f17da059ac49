/**
 * A small whole provider that keeps every promise, and a switch that breaks one of them: what the audits are tested with.
 * It has an ingress with signatures, audio on a socket that it is dialled on and on one that it dials, commands, and a
 * memory.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import {
  requestProvider,
  instantOf,
  isJsonObject,
  listOf,
  getOwn,
  objectOf,
  parseJson,
  faultOfResponse,
  textOf,
  numberOf,
} from '@sidetone/plugin-kit';
import {
  defineProvider,
  FaultError,
  invalidArgument,
  isFault,
  providerCallId,
  type CallStatus,
  type Capability,
  type IngressRequest,
  type MediaStream,
  type OptionsSchema,
  type Party,
  type Provider,
  type ProviderCallId,
  type ProviderEvent,
  type ProviderHost,
  type ProviderPlugin,
  type Socket,
} from '@sidetone/core';

export const API = 'https://api.good.example';
export const API_KEY = 'good-api-key';
export const WEBHOOK_SECRET = 'good-webhook-secret';
const TIMEOUT_MS = 5000;
const KEEP_ALIVE_MS = 30_000;
const FRAME_MS = 20;
const UNSEEN = 'unseen';

/** Which promise is broken. */
export type Mutation =
  | 'hasNoHealth'
  | 'hasNoReconcile'
  | 'hasNoName'
  | 'startsSlowly'
  | 'losesEndAfterRestart'
  | 'acceptsUnknownOptions'
  | 'repeatsOptionsInIssues'
  | 'sendsRequestInCreate'
  | 'ignoresAbortOfStart'
  | 'leavesTimerAfterFailedStart'
  | 'waitsForResponsesInStop'
  | 'emitsAfterStop'
  | 'leaksTimer'
  | 'leavesAcceptedSocketOpen'
  | 'leavesStreamOpen'
  | 'leavesListener'
  | 'leavesRequestsPending'
  | 'leavesDialPending'
  | 'leavesDialledSocketOpen'
  | 'sharesCalls'
  | 'usesRealTime'
  | 'usesHostIncorrectly'
  | 'emitsInvalidEvents'
  | 'emitsOtherId'
  | 'emitsSeconds'
  | 'neverReportsEnd'
  | 'reportsTwoEnds'
  | 'movesStatusBack'
  | 'emitsOutOfOrder'
  | 'duplicatesRedeliveries'
  | 'reusesDedupeKey'
  | 'throwsOnMessages'
  | 'rejectsRequests'
  | 'emitsAfterResponse'
  | 'throwsOnGarbage'
  | 'acceptsForgedRequests'
  | 'acceptsUnknownPaths'
  | 'ignoresAbortOfRequest'
  | 'swapsChannels'
  | 'swapsParties'
  | 'omitsGaps'
  | 'reversesPositions'
  | 'usesKilohertz'
  | 'leavesStreamAfterCall'
  | 'keepsStreamAfterDisconnect'
  | 'writesWithoutDemand'
  | 'throwsOnMalformedMessages'
  | 'admitsUnknownSockets'
  | 'rejectsAcceptedCommands'
  | 'ignoresRejections'
  | 'throwsPlainErrors'
  | 'hidesRateLimits'
  | 'ignoresAbortOfCommand'
  | 'neverTimesOut'
  | 'sendsInvalidArguments'
  | 'offersMissingControls'
  | 'placesCallsWithoutId'
  | 'retriesPlaceCall'
  | 'missesEndInReconcile'
  | 'endsLiveCalls'
  | 'endsUnreachableCalls'
  | 'ignoresAbortOfReconcile'
  | 'omitsPageTime'
  | 'duplicatesBackfill'
  | 'ignoresResumeAt'
  | 'ignoresAbortOfBackfill'
  | 'isNeverHealthy'
  | 'isAlwaysHealthy'
  | 'logsSecret'
  | 'emitsSecret'
  | 'logsToken'
  | 'logsTranscripts';

interface Options {
  readonly apiKey: string;
  readonly webhookSecret: string;
}

const STATUSES: Readonly<Record<string, CallStatus>> = { ringing: 'RINGING', answered: 'IN_PROGRESS' };
const PARTIES: Readonly<Record<string, Party>> = { caller: 'CUSTOMER', agent: 'ASSISTANT' };
const LIVE: readonly Capability[] = [
  'SAY',
  'MUTE_ASSISTANT',
  'MUTE_CUSTOMER',
  'END_CALL',
  'SEND_DTMF',
  'LISTEN',
];

/** What every instance of the mutant `sharesCalls` knows. */
const shared = new Set<ProviderHost>();

const isFine = (status: number): boolean => status >= 200 && status < 300;

export const signatureOf = (body: string | Uint8Array): string =>
  createHmac('sha256', WEBHOOK_SECRET).update(body).digest('hex');

/** The plugin, whole or with one promise broken. */
export function goodPlugin(mutation?: Mutation): ProviderPlugin<Options> {
  const is = (asked: Mutation): boolean => asked === mutation;

  const options: OptionsSchema<Options> = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate(value) {
        const { apiKey, webhookSecret, ...rest } = objectOf(value);
        const told = is('repeatsOptionsInIssues')
          ? JSON.stringify(value)
          : 'expected two texts and nothing else';
        const unknown = is('acceptsUnknownOptions') ? 0 : Object.keys(rest).length;
        if (typeof apiKey !== 'string' || typeof webhookSecret !== 'string' || unknown > 0) {
          return { issues: [{ message: told }] };
        }
        return { value: { apiKey, webhookSecret } };
      },
    },
  };

  return defineProvider<Options>({
    name: 'good',
    displayName: is('hasNoName') ? ' ' : 'Good',
    contract: 1,
    options,
    create(given, host) {
      const { health, reconcile, ...rest } = createGood(given, host, is);
      return {
        ...rest,
        ...(health && !is('hasNoHealth') && { health }),
        ...(reconcile && !is('hasNoReconcile') && { reconcile }),
      };
    },
  });
}

interface LiveStream {
  readonly callId: ProviderCallId;
  readonly media: MediaStream;
  readonly close: () => void;
}

function createGood({ apiKey }: Options, host: ProviderHost, is: (mutation: Mutation) => boolean): Provider {
  const life = new AbortController();
  const ended = new Set<string>();
  const tokens = new Map<string, ProviderCallId>();
  const streams = new Set<LiveStream>();
  const dialling = new Set<string>();
  const hidden = new Set<string>();
  let asking = 0;
  let wasRestarted = false;
  let cancelKeepAlive = (): void => undefined;
  let unlisten = (): void => undefined;
  if (is('sendsRequestInCreate')) void host.fetch(`${API}/me`).catch(() => undefined);
  if (is('sharesCalls')) shared.add(host);

  const takeSignal = (signal?: AbortSignal): AbortSignal =>
    AbortSignal.any([...(signal ? [signal] : []), ...(is('leavesRequestsPending') ? [] : [life.signal])]);

  async function ask(
    method: 'GET' | 'POST',
    path: string,
    signal?: AbortSignal,
    json?: unknown,
    timeoutMs = TIMEOUT_MS,
  ) {
    const url = new URL(`${API}${path}`);
    const headers = { authorization: `Bearer ${apiKey}` };
    asking++;
    return requestProvider(host, {
      method,
      url,
      headers,
      timeoutMs,
      json,
      signal: takeSignal(signal),
    }).finally(() => void asking--);
  }

  async function need(method: 'GET' | 'POST', path: string, signal?: AbortSignal, json?: unknown) {
    const reply = await ask(method, path, signal, json);
    if (!isFine(reply.status)) throw faultOfResponse(reply, 'Good');
    return reply;
  }

  function emit(event: ProviderEvent): void {
    if (life.signal.aborted && !is('emitsAfterStop')) return;
    const at = is('emitsSeconds') ? { occurredAt: event.occurredAt / 1000 } : {};
    for (const each of is('sharesCalls') ? shared : [host]) each.emit({ ...event, ...at });
  }

  function keepAlive(): void {
    cancelKeepAlive = host.clock.schedule(KEEP_ALIVE_MS, keepAlive);
  }

  function endStreams(callId?: ProviderCallId): void {
    for (const stream of streams) {
      if (callId !== undefined && stream.callId !== callId) continue;
      stream.media.end('the call or the provider is over');
      stream.close();
      streams.delete(stream);
    }
  }

  function end(callId: ProviderCallId, at: number, code: string): void {
    ended.add(callId);
    if (is('neverReportsEnd') && [...tokens.values()].includes(callId)) hidden.add(callId);
    if (is('losesEndAfterRestart') && wasRestarted && code !== UNSEEN) hidden.add(callId);
    for (const [token, of] of tokens) if (of === callId) tokens.delete(token);
    if (!is('leavesStreamAfterCall')) endStreams(callId);
    if (hidden.has(callId)) return;
    const base = { providerCallId: callId, occurredAt: at } as const;
    emit({ ...base, type: 'call.ended', end: { category: 'CUSTOMER_ENDED', code } });
    if (is('reportsTwoEnds'))
      emit({ ...base, type: 'call.ended', end: { category: 'PROVIDER_FAULT', code } });
  }

  /** Tells what a message says; the address of the call's audio, when it is answered. */
  function take(message: Readonly<Record<string, unknown>>, receivedAt: number): unknown {
    const callId = providerCallId(textOf(message['call']) ?? '');
    const told = { name: textOf(message['event']), at: instantOf(message['at']) ?? receivedAt };
    const base = { providerCallId: callId, occurredAt: told.at };
    if (is('logsTranscripts')) host.log.info('a message came', { message });
    const status = getOwn(STATUSES, told.name);
    if (status) {
      emit({
        ...base,
        ...(is('emitsOtherId') && { providerCallId: providerCallId('x') }),
        type: 'call.started',
        status,
      });
      if (is('movesStatusBack') && status === 'IN_PROGRESS')
        emit({ ...base, type: 'call.status', status: 'RINGING' });
    }
    if (told.name === 'answered') return { stream: host.publicUrl(`stream/${tokenOf(callId)}`).href };
    const party = getOwn(PARTIES, textOf(message['who']));
    const text = textOf(message['text']);
    if (told.name === 'words' && party && text !== undefined) {
      const key = is('reusesDedupeKey') ? 'words' : `words:${told.at}:${party}:${text}`;
      const when = is('emitsOutOfOrder') ? { occurredAt: told.at - 60_000 } : {};
      const dedupe = is('duplicatesRedeliveries') ? {} : { dedupeKey: key };
      emit({ ...base, ...when, ...dedupe, type: 'utterance.final', party, text });
      if (is('emitsInvalidEvents'))
        emit({ ...base, dedupeKey: `keys:${told.at}`, type: 'dtmf', digits: 5 as never });
      if (is('emitsSecret')) emit({ ...base, type: 'call.started', details: { providerData: { apiKey } } });
    }
    if (told.name === 'ended') end(callId, told.at, textOf(message['reason']) ?? 'unknown');
    return {};
  }

  function tokenOf(callId: ProviderCallId): string {
    const token = [...tokens].find(([, of]) => of === callId)?.[0] ?? host.randomToken();
    tokens.set(token, callId);
    if (is('logsToken')) host.log.debug('a stream is expected', { token });
    return token;
  }

  function authenticate({ body, headers }: IngressRequest): void {
    const told = Buffer.from(headers['x-signature'] ?? '');
    const expected = Buffer.from(signatureOf(body));
    if (told.length === expected.length && timingSafeEqual(told, expected)) return;
    throw new FaultError('WEBHOOK_UNAUTHENTICATED', 'x-signature is not the signature of this body');
  }

  const isWanted = (callId: ProviderCallId): boolean =>
    is('writesWithoutDemand') || host.hasDemand('audio', callId);

  function readTracks(callId: ProviderCallId, media: MediaStream) {
    const next = new Map<Party, number>();
    return (raw: string | Uint8Array): void => {
      if (is('throwsOnMalformedMessages')) JSON.parse(String(raw));
      const message = objectOf(typeof raw === 'string' ? parseJson(raw) : undefined);
      const who = textOf(message['who']);
      const party = getOwn(PARTIES, who);
      const seq = numberOf(message['seq']);
      const payload = textOf(message['payload']);
      if (!party || seq === undefined || payload === undefined || !Number.isSafeInteger(seq) || seq < 0)
        return;
      const lost = seq - (next.get(party) ?? 0);
      next.set(party, seq + 1);
      if (lost > 0 && !is('omitsGaps')) media.gap(party, lost * FRAME_MS, lost);
      const other: Party = party === 'CUSTOMER' ? 'ASSISTANT' : 'CUSTOMER';
      const position = is('reversesPositions') ? 1_000_000 - seq * FRAME_MS : seq * FRAME_MS;
      if (isWanted(callId))
        media.write(is('swapsParties') ? other : party, Buffer.from(payload, 'base64'), position);
      if (is('throwsOnMessages') && lost > 0) throw new Error('a gap');
    };
  }

  function hold(callId: ProviderCallId, socket: Socket, media: MediaStream, isOurs: boolean): void {
    const close = (): void => {
      if (!is(isOurs ? 'leavesDialledSocketOpen' : 'leavesAcceptedSocketOpen')) socket.close(1000);
    };
    const held: LiveStream = { callId, media, close };
    streams.add(held);
    socket.onClose(() => {
      if (is('keepsStreamAfterDisconnect') || (is('leavesStreamOpen') && life.signal.aborted)) return;
      media.end('its socket closed');
      streams.delete(held);
    });
  }

  async function listen(callId: ProviderCallId): Promise<void> {
    if (dialling.has(callId) || ended.has(callId) || !host.hasDemand('audio', callId)) return;
    dialling.add(callId);
    const timeout = new AbortController();
    const cancel = host.clock.schedule(TIMEOUT_MS, () => timeout.abort());
    try {
      const signal = AbortSignal.any([timeout.signal, ...(is('leavesDialPending') ? [] : [life.signal])]);
      const socket = await host.dial(new URL(`wss://api.good.example/listen/${callId}`), { signal });
      const parties = is('swapsChannels')
        ? (['ASSISTANT', 'CUSTOMER'] as const)
        : (['CUSTOMER', 'ASSISTANT'] as const);
      const media = host.openStream({
        providerCallId: callId,
        encoding: 'pcm_s16le',
        sampleRate: 16_000,
        parties,
      });
      hold(callId, socket, media, true);
      socket.onMessage((bytes) => {
        if (typeof bytes === 'string' || bytes.length % 4 !== 0) return;
        if (isWanted(callId)) media.write('INTERLEAVED', bytes);
      });
    } catch {
      host.log.debug('a call could not be listened to', { providerCallId: callId });
    } finally {
      cancel();
    }
  }

  function received(text: string): Readonly<Record<string, unknown>> {
    const message = is('throwsOnGarbage') ? (JSON.parse(text) as unknown) : parseJson(text);
    if (isJsonObject(message) && textOf(message['call']) !== undefined) return message;
    throw new FaultError('WIRE_MALFORMED', 'it is no message of a call');
  }

  async function command(callId: string, name: string, args: object, signal: AbortSignal): Promise<void> {
    if (is('logsSecret')) host.log.debug('asking', { headers: new Map([['authorization', apiKey]]) });
    const listened = is('ignoresAbortOfCommand') ? undefined : signal;
    const timeoutMs = is('neverTimesOut') ? 10 * TIMEOUT_MS : TIMEOUT_MS;
    const reply = await ask('POST', `/calls/${callId}/${name}`, listened, args, timeoutMs);
    if (isFine(reply.status) && !is('rejectsAcceptedCommands')) return;
    if (is('hidesRateLimits') && reply.status === 429) throw new FaultError('PROVIDER_REFUSED', 'not now');
    if (!is('ignoresRejections') || reply.status === 429) throw faultOfResponse(reply, 'Good');
  }

  async function stateOf(callId: string, signal: AbortSignal): Promise<'live' | 'over'> {
    const reply = await ask('GET', `/calls/${callId}`, signal);
    if (reply.status === 404) return 'over';
    if (!isFine(reply.status)) throw faultOfResponse(reply, 'Good');
    return objectOf(reply.json)['status'] === 'live' ? 'live' : 'over';
  }

  return {
    async start(signal) {
      const cancel = host.clock.schedule(60_000, () => undefined);
      const isAsked = need('GET', '/me', is('ignoresAbortOfStart') ? undefined : signal);
      if (is('leavesTimerAfterFailedStart')) await isAsked;
      await isAsked.finally(cancel);
      if (is('startsSlowly')) await host.clock.delay(20_000, signal);
      wasRestarted = (await host.state.get('started')) !== undefined;
      await host.state.set('started', 'yes');
      unlisten = host.onDemandChange((callId) => void listen(callId));
      if (is('usesRealTime')) setTimeout(() => undefined, 1).unref();
      if (is('usesHostIncorrectly')) await host.state.set('big', 'x'.repeat(70_000)).catch(() => undefined);
      keepAlive();
    },
    async stop() {
      const wasAsking = asking > 0;
      life.abort();
      if (wasAsking && is('waitsForResponsesInStop')) await host.clock.delay(6000);
      if (!is('leaksTimer')) cancelKeepAlive();
      if (!is('leavesListener')) unlisten();
      if (is('leavesStreamOpen')) for (const { close } of streams) close();
      else endStreams();
    },
    controls: {
      async say({ providerCallId: id }, { content }, { signal }) {
        if (content.trim() === '' && !is('sendsInvalidArguments'))
          throw invalidArgument('content', 'expected words');
        await command(id, 'say', { content }, signal).catch((error: unknown) => {
          const isPlain = is('throwsPlainErrors') && isFault(error) && error.code === 'PROVIDER_UNREACHABLE';
          throw isPlain ? new Error('it did not work') : error;
        });
      },
      mute: async ({ providerCallId: id }, args, { signal }) => command(id, 'mute', args, signal),
      endCall: async ({ providerCallId: id }, args, { signal }) => command(id, 'end', args, signal),
      sendDtmf: async ({ providerCallId: id }, args, { signal }) => command(id, 'dtmf', args, signal),
    },
    controlsFor({ status }) {
      if (is('offersMissingControls')) return ['HANDOFF', ...LIVE];
      return status === 'IN_PROGRESS' ? LIVE : [];
    },
    async placeCall({ to }, { signal }) {
      if (!/^\+\d+$/.test(to)) throw invalidArgument('to', 'expected a number');
      const place = () => need('POST', '/calls', signal, { to });
      const reply = await (is('retriesPlaceCall') ? place().catch(place) : place());
      const id = textOf(objectOf(reply.json)['id']);
      return providerCallId(is('placesCallsWithoutId') ? '' : (id ?? ''));
    },
    async watch(callId, { signal }) {
      const reply = await ask('GET', `/calls/${callId}`, signal);
      if (reply.status === 404) throw new FaultError('CALL_NOT_FOUND', 'there is no such call');
      if (!isFine(reply.status)) throw faultOfResponse(reply, 'Good');
      emit({
        type: 'call.started',
        providerCallId: callId,
        occurredAt: host.clock.now(),
        status: 'IN_PROGRESS',
      });
    },
    ingress: {
      async request(request) {
        if (request.path !== 'events') return { status: is('acceptsUnknownPaths') ? 200 : 404 };
        if (!is('acceptsForgedRequests')) authenticate(request);
        const text = new TextDecoder().decode(request.body);
        const message = received(text);
        if (is('ignoresAbortOfRequest')) await ask('GET', '/me', undefined).catch(() => undefined);
        const isLate = is('emitsAfterResponse') && message['event'] === 'words';
        if (isLate) setImmediate(() => take(message, request.receivedAt));
        const answer = isLate ? {} : take(message, request.receivedAt);
        const status = is('rejectsRequests') && message['event'] === 'words' ? 500 : 200;
        return { status, body: JSON.stringify(answer) };
      },
      admitSocket({ path }) {
        const isKnown = is('admitsUnknownSockets') || tokens.has(path.replace('stream/', ''));
        return isKnown ? { admit: true } : { admit: false, status: 404 };
      },
      socket({ path }, socket) {
        const callId = tokens.get(path.replace('stream/', '')) ?? providerCallId('unknown');
        const sampleRate = is('usesKilohertz') ? 8 : 8000;
        const parties = ['CUSTOMER', 'ASSISTANT'] as const;
        const media = host.openStream({ providerCallId: callId, encoding: 'mulaw', sampleRate, parties });
        hold(callId, socket, media, false);
        socket.onMessage(readTracks(callId, media));
      },
    },
    async reconcile(calls, signal) {
      for (const { providerCallId: id } of calls) {
        const asked = stateOf(id, is('ignoresAbortOfReconcile') ? life.signal : signal);
        const state = is('endsUnreachableCalls') ? await asked.catch(() => 'over' as const) : await asked;
        const isOver = is('endsLiveCalls') || state === 'over';
        if (isOver && !is('missesEndInReconcile')) end(id, host.clock.now(), UNSEEN);
      }
    },
    async *backfill({ since, until, resumeAt }, signal) {
      for (let page = is('ignoresResumeAt') ? 1 : Number(resumeAt ?? 0) + 1; ; page++) {
        const path = `/calls?since=${since}&until=${until}&page=${page}`;
        const reply = await need('GET', path, is('ignoresAbortOfBackfill') ? life.signal : signal);
        const calls = listOf(objectOf(reply.json)['calls']).map(objectOf);
        if (calls.length === 0) return;
        yield {
          calls: calls.length,
          position: String(page),
          reached: is('omitsPageTime') ? Number.NaN : since,
          events: calls.flatMap(({ id, at, text }): readonly ProviderEvent[] => {
            const base = {
              providerCallId: providerCallId(textOf(id) ?? ''),
              occurredAt: instantOf(at) ?? since,
            };
            const key = is('duplicatesBackfill') ? {} : { dedupeKey: `words:${base.occurredAt}` };
            return [
              { ...base, type: 'call.started' },
              { ...base, ...key, type: 'utterance.final', party: 'CUSTOMER', text: textOf(text) ?? '' },
              { ...base, type: 'call.ended', end: { category: 'CUSTOMER_ENDED' } },
            ];
          }),
        };
      }
    },
    async health(signal) {
      if (is('isNeverHealthy')) throw new FaultError('PROVIDER_UNREACHABLE', 'there is no way to it');
      const asked = need('GET', '/me', signal);
      await (is('isAlwaysHealthy') ? asked.catch(() => undefined) : asked);
    },
  };
}

/**
 * A small provider that keeps every promise, with mutations that break one each, to test the audits. It has signed webhooks,
 * audio on a socket that the provider opens and on one that the plugin opens, commands and stored state.
 */
import { createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto';
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
  BoundedMap,
} from '@sidetone/plugin-kit';
import {
  defineProvider,
  FaultError,
  invalidArgument,
  isFault,
  providerCallId,
  type CallDetails,
  type CallStatus,
  type Capability,
  type Diagnostic,
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
import type { Is, Mutation } from './mutations.ts';

export const API = 'https://api.good.example';
export const API_KEY = 'good-api-key';
export const WEBHOOK_SECRET = 'good-webhook-secret';
const TIMEOUT_MS = 5000;
const KEEP_ALIVE_MS = 30_000;
const FRAME_MS = 20;
/** Ended calls that are remembered. */
const MAX_ENDED_CALLS = 1000;
const RECONCILED = 'reconciled';

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

/** The hosts of all instances, for the mutation `sharesCalls`. */
const shared = new Set<ProviderHost>();

/** Constant, because only the clock is wrong. */
const MACHINE_TIME = Date.now();

const fail = (): never => {
  throw new TypeError('a field is missing');
};

const isSuccess = (status: number): boolean => status >= 200 && status < 300;

/** Overflows the stack for deep values. */
const levelsOf = (value: unknown): number =>
  typeof value === 'object' && value !== null
    ? 1 + Object.values(value).reduce<number>((most, item) => Math.max(most, levelsOf(item)), 0)
    : 0;

export const signatureOf = (body: string | Uint8Array): string =>
  createHmac('sha256', WEBHOOK_SECRET).update(body).digest('hex');

/** Returns the plugin, with one promise broken if a mutation is given. */
export function goodPlugin(mutation?: Mutation): ProviderPlugin<Options> {
  const is: Is = (candidate) => candidate === mutation;

  const options: OptionsSchema<Options> = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate(value) {
        const { apiKey, webhookSecret, ...rest } = objectOf(value);
        const message = is('repeatsOptionsInIssues')
          ? JSON.stringify(value)
          : 'expected apiKey and webhookSecret, and no other options';
        const unknown = is('acceptsUnknownOptions') ? 0 : Object.keys(rest).length;
        if (typeof apiKey !== 'string' || typeof webhookSecret !== 'string' || unknown > 0) {
          return { issues: [{ message }] };
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
  readonly ping: () => void;
  readonly goodbye: () => Promise<void>;
}

function createGood({ apiKey }: Options, host: ProviderHost, is: Is): Provider {
  const stopped = new AbortController();
  const ended = new BoundedMap<string, true>(is('remembersEveryCall') ? Infinity : MAX_ENDED_CALLS);
  const unreported = new BoundedMap<string, true>(MAX_ENDED_CALLS);
  const sockets: Socket[] = [];
  let lastMessage = '';
  let sending = Promise.resolve();
  const tokens = new Map<string, ProviderCallId>();
  const streams = new Set<LiveStream>();
  const dialling = new Set<string>();
  let pendingRequests = 0;
  let wasRestarted = false;
  const startedAt = performance.now();
  let cancelKeepAlive = (): void => undefined;
  let removeListener = (): void => undefined;
  if (is('sendsRequestInCreate')) void host.fetch(`${API}/me`).catch(() => undefined);
  if (is('sharesCalls')) shared.add(host);

  const signalOf = (signal?: AbortSignal): AbortSignal =>
    AbortSignal.any([...(signal ? [signal] : []), ...(is('leavesRequestsPending') ? [] : [stopped.signal])]);

  async function send(
    method: 'GET' | 'POST',
    path: string,
    signal?: AbortSignal,
    json?: unknown,
    timeoutMs = TIMEOUT_MS,
  ) {
    const url = new URL(`${API}${path}`);
    const headers = { authorization: `Bearer ${apiKey}` };
    pendingRequests++;
    return requestProvider(host, {
      method,
      url,
      headers,
      timeoutMs,
      json,
      signal: signalOf(signal),
    }).finally(() => void pendingRequests--);
  }

  async function sendChecked(method: 'GET' | 'POST', path: string, signal?: AbortSignal, json?: unknown) {
    const reply = await send(method, path, signal, json);
    if (!isSuccess(reply.status)) throw faultOfResponse(reply, 'Good');
    return reply;
  }

  function emit(event: ProviderEvent): void {
    if (stopped.signal.aborted && !is('emitsAfterStop')) return;
    const at = is('emitsSeconds') ? { occurredAt: event.occurredAt / 1000 } : {};
    for (const each of is('sharesCalls') ? shared : [host]) each.emit({ ...event, ...at });
  }

  function numbersOf(message: Readonly<Record<string, unknown>>): CallDetails {
    const from = textOf(message['from']);
    return {
      ...(message['direction'] === 'in' && !is('omitsDirection') && { direction: 'INBOUND' }),
      ...(from !== undefined && (is('swapsNumbers') ? { to: from } : { from })),
    };
  }

  function emitDetails(
    base: { readonly providerCallId: ProviderCallId; readonly occurredAt: number },
    details: CallDetails,
  ): void {
    emit({ ...base, type: 'call.started', details });
  }

  function keepAlive(): void {
    const isLate = is('pacesByTimeOfMachine') && performance.now() - startedAt > 60_000;
    if (!is('sendsNoPings') && !isLate) for (const { ping } of streams) ping();
    cancelKeepAlive = host.clock.schedule(KEEP_ALIVE_MS, keepAlive);
  }

  function endStreams(callId?: ProviderCallId): void {
    for (const stream of streams) {
      if (callId !== undefined && stream.callId !== callId) continue;
      stream.media.end('the call ended or the provider stopped');
      stream.close();
      streams.delete(stream);
    }
  }

  function end(callId: ProviderCallId, at: number, code: string): void {
    ended.set(callId, true);
    dialling.delete(callId);
    if (is('neverReportsEnd') && [...tokens.values()].includes(callId)) unreported.set(callId, true);
    if (is('losesEndAfterRestart') && wasRestarted && code !== RECONCILED) unreported.set(callId, true);
    for (const [token, of] of tokens) if (of === callId) tokens.delete(token);
    if (!is('leavesStreamAfterCall')) endStreams(callId);
    if (unreported.has(callId)) return;
    const base = { providerCallId: callId, occurredAt: at } as const;
    emit({ ...base, type: 'call.ended', end: { category: 'CUSTOMER_ENDED', code } });
    if (is('reportsTwoEnds'))
      emit({ ...base, type: 'call.ended', end: { category: 'PROVIDER_FAULT', code } });
  }

  /** Emits the events of a message. Returns the response, which has the stream URL of an answered call. */
  function handle(message: Readonly<Record<string, unknown>>, receivedAt: number): unknown {
    const callId = providerCallId(textOf(message['call']) ?? '');
    const name = textOf(message['event']);
    const at = instantOf(message['at']) ?? receivedAt;
    const base = { providerCallId: callId, occurredAt: at };
    if (is('logsTranscripts')) host.log.info('message received', { message });
    const repeated = `${receivedAt} ${name ?? ''}`;
    if (is('mistakesRepeatsForChanges') && repeated === lastMessage)
      emitDetails(base, { providerData: { changed: 'yes' } });
    lastMessage = repeated;
    if (is('blocksTheLoop')) pbkdf2Sync('a', 'b', 200_000, 32, 'sha256');
    const status = is('looksUpInheritedNames') ? STATUSES[name ?? ''] : getOwn(STATUSES, name);
    if (status) {
      emit({
        ...base,
        ...(is('emitsOtherId') && { providerCallId: providerCallId('x') }),
        type: 'call.started',
        status,
        details: numbersOf(message),
      });
      if (is('movesStatusBack') && status === 'IN_PROGRESS')
        emit({ ...base, type: 'call.status', status: 'RINGING' });
    }
    if (name === 'answered' && is('readsTimesInLocalZone'))
      emitDetails(base, { answeredAt: new Date(new Date(at).toISOString().replace('Z', '')).getTime() });
    if (name === 'answered' && is('usesClockOfMachine')) emitDetails(base, { answeredAt: MACHINE_TIME });
    if (name === 'answered' && is('emitsSecondsInDetails')) emitDetails(base, { answeredAt: at / 1000 });
    if (name === 'answered' && is('emitsSecretInPercentEncoding')) {
      const key = apiKey.replaceAll('-', '%2d').replaceAll('g', '%67').replaceAll('a', '%61');
      emitDetails(base, { providerData: { url: `https://api.good.example/?key=${key}` } });
    }
    if (is('failsOnMissingFields') && name === 'speech' && message['text'] === undefined) fail();
    if (name === 'answered' && ended.has(callId)) {
      if (is('reopensEndedCalls')) void listen(callId, true);
      if (is('setsTimerForEndedCalls')) host.clock.schedule(3_600_000, () => undefined);
    }
    if (name === 'answered' && is('requestsWithoutTimeout'))
      void host.fetch(`${API}/me`, { signal: stopped.signal }).catch(() => undefined);
    if (name === 'answered') return { stream: host.publicUrl(`stream/${tokenOf(callId)}`).href };
    const party = getOwn(PARTIES, textOf(message['who']));
    const text = textOf(message['text']);
    if (name === 'speech' && party && text !== undefined) {
      const key = is('reusesDedupeKey') ? 'speech' : `speech:${at}:${party}:${text}`;
      const when = is('emitsOutOfOrder') ? { occurredAt: at - 60_000 } : {};
      const dedupe = is('duplicatesRedeliveries') ? {} : { dedupeKey: key };
      const shown = is('changesText') ? text.toUpperCase() : text;
      emit({ ...base, ...when, ...dedupe, type: 'utterance.final', party, text: shown });
      if (is('addsAnEvent')) emit({ ...base, type: 'speech.stopped', party });
      if (is('sendsRequestForSpeech')) void send('GET', '/me').catch(() => undefined);
      if (is('emitsInvalidEvents'))
        emit({ ...base, dedupeKey: `keys:${at}`, type: 'dtmf', digits: 5 as never });
      if (is('emitsSecret')) emit({ ...base, type: 'call.started', details: { providerData: { apiKey } } });
    }
    if (name === 'ended') end(callId, at, textOf(message['reason']) ?? 'unknown');
    return {};
  }

  function tokenOf(callId: ProviderCallId): string {
    const token = [...tokens].find(([, of]) => of === callId)?.[0] ?? host.randomToken();
    tokens.set(token, callId);
    if (is('logsToken')) host.log.debug('waiting for a stream', { token });
    return token;
  }

  function authenticate({ body, headers }: IngressRequest): void {
    const signature = Buffer.from(headers['x-signature'] ?? '');
    const expected = Buffer.from(signatureOf(body));
    if (signature.length === expected.length && timingSafeEqual(signature, expected)) return;
    throw new FaultError('WEBHOOK_UNAUTHENTICATED', 'x-signature: does not match the body');
  }

  const hasDemand = (callId: ProviderCallId): boolean =>
    is('writesWithoutDemand') || host.hasDemand('audio', callId);

  function readTracks(callId: ProviderCallId, media: MediaStream, socket: Socket) {
    const next = new Map<Party, number>();
    let lastAt = Date.now();
    const acknowledge = (): Promise<void> => socket.send('{"event":"received"}').catch(() => undefined);
    return (raw: string | Uint8Array): void => {
      if (is('throwsOnMalformedMessages')) JSON.parse(String(raw));
      const message = objectOf(typeof raw === 'string' ? parseJson(raw) : undefined);
      const who = textOf(message['who']);
      const party = getOwn(PARTIES, who);
      const seq = numberOf(message['seq']);
      const payload = textOf(message['payload']);
      if (is('throwsOnMissingFields') && who !== undefined && message['payload'] === undefined) fail();
      if (is('throwsOnOtherTypes') && typeof message['seq'] === 'string') fail();
      if (!party || seq === undefined || payload === undefined || !Number.isSafeInteger(seq) || seq < 0)
        return;
      const lost = seq - (next.get(party) ?? 0);
      if (lost < 0 && !is('writesRepeatedAudio')) return;
      next.set(party, seq + 1);
      if (is('relaysWithoutLimit')) void acknowledge();
      if (is('queuesWithoutLimit')) sending = sending.then(acknowledge);
      const isLate = is('dropsAudioByTimeOfMachine') && Date.now() - lastAt > 60_000;
      lastAt = is('dropsAudioByTimeOfMachine') ? Date.now() : lastAt;
      if (isLate) return;
      if (lost > 0 && !is('omitsGaps')) media.gap(party, lost * FRAME_MS, lost);
      const other: Party = party === 'CUSTOMER' ? 'ASSISTANT' : 'CUSTOMER';
      const position = is('reversesPositions') ? 1_000_000 - seq * FRAME_MS : seq * FRAME_MS;
      if (hasDemand(callId))
        media.write(is('swapsParties') ? other : party, Buffer.from(payload, 'base64'), position);
      if (is('throwsOnMessages') && lost > 0) throw new Error('a gap');
    };
  }

  function track(callId: ProviderCallId, socket: Socket, media: MediaStream, isDialled: boolean): void {
    const close = (): void => {
      if (!is(isDialled ? 'leavesDialledSocketOpen' : 'leavesAcceptedSocketOpen')) socket.close(1000);
    };
    const goodbye = async (): Promise<void> => {
      if (is('waitsForSendsInStop') || is('waitsForPeersInCommands'))
        await socket.send('{"event":"bye"}').catch(() => undefined);
    };
    const ping = (): void => void (isDialled || socket.send('{"event":"ping"}').catch(() => undefined));
    const stream: LiveStream = { callId, media, close, ping, goodbye };
    streams.add(stream);
    if (is('keepsSocketsOfCalls')) sockets.push(socket);
    socket.onClose(() => {
      if (is('throwsInCallbacks')) setImmediate(() => parseMessage(''));
      if (is('keepsStreamAfterDisconnect') || (is('leavesStreamOpen') && stopped.signal.aborted)) return;
      media.end('its socket closed');
      streams.delete(stream);
    });
  }

  async function listen(callId: ProviderCallId, isReopened = false): Promise<void> {
    if ((!isReopened && (dialling.has(callId) || ended.has(callId))) || !host.hasDemand('audio', callId))
      return;
    dialling.add(callId);
    const timeout = new AbortController();
    const cancel = is('dialsWithoutTimeout')
      ? () => undefined
      : host.clock.schedule(TIMEOUT_MS, () => timeout.abort());
    try {
      const signal = AbortSignal.any([timeout.signal, ...(is('leavesDialPending') ? [] : [stopped.signal])]);
      const socket = await host.dial(new URL(`wss://api.good.example/listen/${callId}`), { signal });
      const parties = is('swapsChannels')
        ? (['ASSISTANT', 'CUSTOMER'] as const)
        : (['CUSTOMER', 'ASSISTANT'] as const);
      const media = host.openStream({
        providerCallId: callId,
        encoding: 'pcm_s16le',
        sampleRate: is('declaresOtherRateOfDial') ? 8000 : 16_000,
        parties,
      });
      track(callId, socket, media, true);
      socket.onMessage((bytes) => {
        if (typeof bytes === 'string' || bytes.length % 4 !== 0) return;
        if (hasDemand(callId)) media.write('INTERLEAVED', bytes);
      });
    } catch {
      host.log.debug('listen socket failed', { providerCallId: callId });
    } finally {
      cancel();
    }
  }

  function parseMessage(text: string): Readonly<Record<string, unknown>> {
    const message = is('throwsOnGarbage') ? (JSON.parse(text) as unknown) : parseJson(text);
    if (isJsonObject(message) && textOf(message['call']) !== undefined) return message;
    throw new FaultError('WIRE_MALFORMED', 'body: expected a message of a call');
  }

  async function command(callId: string, name: string, args: object, signal: AbortSignal): Promise<void> {
    if (is('logsSecret'))
      host.log.debug('sending request', { headers: new Map([['authorization', apiKey]]) });
    if (is('logsSecretInBase64'))
      host.log.debug('sending request', {
        authorization: `Basic ${Buffer.from(`me:${apiKey}`).toString('base64')}`,
      });
    if (is('logsSecretInHex'))
      host.log.debug('sending request', { key: Buffer.from(apiKey).toString('hex') });
    if (is('doesNothing') && name === 'mute') return;
    const abort = is('ignoresAbortOfCommand') ? undefined : signal;
    const timeoutMs = is('neverTimesOut') ? 10 * TIMEOUT_MS : TIMEOUT_MS;
    const response = send('POST', `/calls/${callId}/${name}`, abort, args, timeoutMs);
    if (is('leavesRejections')) void response.then(() => undefined);
    const reply = await response;
    if (isSuccess(reply.status) && !is('rejectsAcceptedCommands')) return;
    if (is('hidesRateLimits') && reply.status === 429) throw new FaultError('PROVIDER_REFUSED', 'not now');
    if (!is('ignoresRejections') || reply.status === 429) throw faultOfResponse(reply, 'Good');
  }

  async function stateOf(callId: string, signal: AbortSignal): Promise<'live' | 'ended'> {
    const reply = await send('GET', `/calls/${callId}`, signal);
    if (reply.status === 404) return 'ended';
    if (!isSuccess(reply.status)) throw faultOfResponse(reply, 'Good');
    return objectOf(reply.json)['status'] === 'live' ? 'live' : 'ended';
  }

  return {
    async start(signal) {
      const cancel = host.clock.schedule(60_000, () => undefined);
      const response = sendChecked('GET', '/me', is('ignoresAbortOfStart') ? undefined : signal);
      await response.catch((error: unknown) => {
        if (!is(signal.aborted ? 'leavesTimerAfterAbortedStart' : 'leavesTimerAfterFailedStart')) cancel();
        throw error;
      });
      cancel();
      if (is('startsSlowly')) await host.clock.delay(20_000, signal);
      wasRestarted = (await host.state.get('started')) !== undefined;
      await host.state.set('started', 'yes');
      removeListener = host.onDemandChange((callId) => void listen(callId));
      if (is('usesRealTime')) setTimeout(() => undefined, 1).unref();
      if (is('usesHostIncorrectly')) await host.state.set('big', 'x'.repeat(70_000)).catch(() => undefined);
      keepAlive();
    },
    async stop() {
      const hasPending = pendingRequests > 0;
      stopped.abort();
      if (is('waitsForSendsInStop')) await Promise.all([...streams].map(({ goodbye }) => goodbye()));
      if (hasPending && is('waitsForResponsesInStop')) await host.clock.delay(6000);
      const isLeft =
        is('leaksTimer') ||
        (is('leavesTimerBeforeFirstCall') && tokens.size === 0 && ended.size === 0) ||
        (is('leavesTimerAfterCall') && ended.size > 0);
      if (!isLeft) cancelKeepAlive();
      if (!is('leavesListener')) removeListener();
      if (is('leavesStreamOpen')) for (const { close } of streams) close();
      else endStreams();
    },
    controls: {
      async say({ providerCallId: id }, { content }, { signal }) {
        if (content.trim() === '' && !is('sendsInvalidArguments'))
          throw invalidArgument('content', 'expected a non-blank text');
        await command(id, 'say', { content }, signal).catch((error: unknown) => {
          const isPlain = is('throwsPlainErrors') && isFault(error) && error.code === 'PROVIDER_UNREACHABLE';
          throw isPlain ? new Error('command failed') : error;
        });
      },
      async mute({ providerCallId: id }, args, { signal, commandId }) {
        if (is('confirmsRejectedCommands'))
          emit({ providerCallId: id, occurredAt: host.clock.now(), type: 'command.confirmed', commandId });
        await command(id, 'mute', args, signal);
        if (is('waitsForPeersInCommands')) for (const { goodbye } of streams) await goodbye();
      },
      endCall: async ({ providerCallId: id }, args, { signal }) => command(id, 'end', args, signal),
      sendDtmf: async ({ providerCallId: id }, args, { signal }) => command(id, 'dtmf', args, signal),
    },
    controlsFor({ status }) {
      if (is('offersMissingControls')) return ['HANDOFF', ...LIVE];
      return status === 'IN_PROGRESS' ? LIVE : [];
    },
    async placeCall({ to }, { signal }) {
      if (!/^\+\d+$/.test(to)) throw invalidArgument('to', 'expected a number');
      const place = () => sendChecked('POST', '/calls', signal, { to });
      const reply = await (is('retriesPlaceCall') ? place().catch(place) : place());
      const id = textOf(objectOf(reply.json)['id']);
      return providerCallId(is('placesCallsWithoutId') ? '' : (id ?? ''));
    },
    async watch(callId, { signal }) {
      const reply = await send('GET', `/calls/${callId}`, signal);
      if (reply.status === 404) throw new FaultError('CALL_NOT_FOUND', 'unknown call');
      if (!isSuccess(reply.status)) throw faultOfResponse(reply, 'Good');
      emit({
        type: 'call.started',
        providerCallId: callId,
        occurredAt: host.clock.now(),
        status: 'IN_PROGRESS',
      });
    },
    ingress: {
      admitRequest({ path, headers }) {
        if (path !== 'events' || is('admitsAnonymousRequests')) return { admit: true };
        const isSigned = headers['x-signature']?.length === signatureOf('').length;
        return isSigned ? { admit: true } : { admit: false, status: 401 };
      },
      async request(request) {
        if (request.path !== 'events') return { status: is('acceptsUnknownPaths') ? 200 : 404 };
        if (!is('acceptsForgedRequests')) authenticate(request);
        const text = new TextDecoder().decode(request.body);
        if (is('overflowsOnDeepValues')) levelsOf(parseJson(text, Number.POSITIVE_INFINITY));
        const message = parseMessage(text);
        if (is('ignoresAbortOfRequest')) await send('GET', '/me', undefined).catch(() => undefined);
        const isLate = is('emitsAfterResponse') && message['event'] === 'speech';
        if (isLate) setImmediate(() => handle(message, request.receivedAt));
        const answer = isLate ? {} : handle(message, request.receivedAt);
        const status = is('rejectsRequests') && message['event'] === 'speech' ? 500 : 200;
        return { status, body: JSON.stringify(answer) };
      },
      admitSocket({ path }) {
        const isKnown = is('admitsUnknownSockets') || tokens.has(path.replace('stream/', ''));
        return isKnown ? { admit: true } : { admit: false, status: 404 };
      },
      socket({ path }, socket) {
        const callId = tokens.get(path.replace('stream/', '')) ?? providerCallId('unknown');
        const declared = is('declaresDoubleRate') ? 16_000 : is('declaresHalfRate') ? 4000 : 8000;
        const sampleRate = is('usesKilohertz') ? 8 : declared;
        const parties = ['CUSTOMER', 'ASSISTANT'] as const;
        const media = host.openStream({ providerCallId: callId, encoding: 'mulaw', sampleRate, parties });
        track(callId, socket, media, false);
        socket.onMessage(readTracks(callId, media, socket));
      },
    },
    async reconcile(calls, signal) {
      for (const { providerCallId: id } of calls) {
        const pending = stateOf(id, is('ignoresAbortOfReconcile') ? stopped.signal : signal);
        const state = is('endsUnreachableCalls')
          ? await pending.catch(() => 'ended' as const)
          : await pending;
        const hasEnded = is('endsLiveCalls') || state === 'ended';
        if (hasEnded && !is('missesEndInReconcile')) end(id, host.clock.now(), RECONCILED);
      }
    },
    async *backfill({ since, until, resumeAt }, signal) {
      for (let page = is('ignoresResumeAt') ? 1 : Number(resumeAt ?? 0) + 1; ; page++) {
        const path = `/calls?since=${since}&until=${until}&page=${page}`;
        const reply = await sendChecked('GET', path, is('ignoresAbortOfBackfill') ? stopped.signal : signal);
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
            const key = is('duplicatesBackfill') ? {} : { dedupeKey: `speech:${base.occurredAt}` };
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
      if (is('isNeverHealthy')) throw new FaultError('PROVIDER_UNREACHABLE', 'connection refused');
      const response = sendChecked('GET', '/me', signal);
      await (is('isAlwaysHealthy') ? response.catch(() => undefined) : response);
    },
    async diagnostics(signal) {
      const name = 'API key';
      const [method, path] = is('changesInDiagnostics')
        ? (['POST', '/calls'] as const)
        : (['GET', '/me'] as const);
      if (is('diagnosesSlowly')) await host.clock.delay(20_000, signal);
      const request = is('diagnosesNothing') ? Promise.resolve() : sendChecked(method, path, signal);
      const result = await request.then(
        (): Diagnostic => ({ name, state: 'OK', message: 'accepted' }),
        (error: unknown): Diagnostic => {
          if (is('rejectsInDiagnostics')) throw error;
          const message = is('diagnosesSecret') ? `${apiKey} is wrong` : 'rejected';
          return { name, state: 'FAILED', message, remedy: 'Enter the key of the account.' };
        },
      );
      return is('repeatsDiagnostics') ? [result, result] : [result];
    },
  };
}

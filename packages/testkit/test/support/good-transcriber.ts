/**
 * A small transcriber that keeps every promise, with mutations that break one each, to test the audits. It has one socket for
 * each call. Its service receives interleaved samples, and reports words and the position up to which audio is processed.
 */
import { pbkdf2Sync } from 'node:crypto';
import {
  requestProvider,
  numberOf,
  objectOf,
  parseJson,
  faultOfResponse,
  textOf,
} from '@sidetone/plugin-kit';
import {
  decodePcm16le,
  defineTranscriber,
  isFault,
  type OptionsSchema,
  type Party,
  type Socket,
  type Transcriber,
  type TranscriberEvent,
  type TranscriberHost,
  type TranscriberPlugin,
  type Transcription,
  type TranscriptionRequest,
} from '@sidetone/core';
import {
  splitChannels,
  createWordRecogniser,
  defineTranscriberSubject,
  type WordRecogniser,
  type FakeSocket,
  type RecognisedWord,
  type TranscriberSubject,
} from '@sidetone/testkit';

const API = 'https://api.well.example';
const API_KEY = 'well-api-key';
const RATE = 8000;
const CONNECT_TIMEOUT_MS = 5000;
const KEEP_ALIVE_MS = 5000;
const END_MS = 8000;
/** The duration of buffered audio. */
const MAX_BUFFERED_MS = 30_000;
/** The duration of audio that the service has not accepted, above which its connection counts as lost. */
const MAX_UNSENT_MS = 60_000;
const SILENCE = new Uint8Array(1 << 16);
const DELAYS_MS = [0, 1000, 2000, 4000, 8000, 15_000];

/** The promise that is broken. */
export type TranscriberMutation =
  | 'leavesRejections'
  | 'blocksTheLoop'
  | 'queuesForSlowService'
  | 'leavesTimerBeforeFirstCall'
  | 'dropsAudioByTimeOfMachine'
  | 'throwsOnMissingFields'
  | 'hasNoName'
  | 'acceptsUnknownOptions'
  | 'repeatsOptionsInIssues'
  | 'sendsRequestInCreate'
  | 'hasNoHealth'
  | 'startsSlowly'
  | 'neverStops'
  | 'leavesTimerWhenStopped'
  | 'leavesDialWhenStopped'
  | 'emitsAfterStop'
  | 'leavesTimerAfterCall'
  | 'usesRealTime'
  | 'sharesTranscripts'
  | 'mixesParties'
  | 'emitsInvalidEvents'
  | 'repeatsFinals'
  | 'omitsPartials'
  | 'shiftsOffsets'
  | 'startsSpeechTwice'
  | 'throwsOnGarbage'
  | 'losesLastResults'
  | 'neverEnds'
  | 'emitsAfterEnd'
  | 'ignoresAbort'
  | 'throwsOnAudio'
  | 'losesAudioOnReconnect'
  | 'repeatsAfterReconnect'
  | 'hidesDisconnects'
  | 'dialsAfterRejection'
  | 'stopsRetrying'
  | 'retriesWithoutDelay'
  | 'omitsGaps'
  | 'buffersWithoutLimit'
  | 'isAlwaysHealthy'
  | 'isNeverHealthy'
  | 'logsSecret'
  | 'logsTranscripts';

interface Options {
  readonly apiKey: string;
}

type Is = (mutation: TranscriberMutation) => boolean;

/** Returns the plugin, with one promise broken if a mutation is given. */
export function goodTranscriber(mutation?: TranscriberMutation): TranscriberPlugin<Options> {
  const is: Is = (candidate) => candidate === mutation;
  const options: OptionsSchema<Options> = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate(value) {
        const { apiKey, ...rest } = objectOf(value);
        const message = is('repeatsOptionsInIssues')
          ? JSON.stringify(value)
          : 'expected apiKey, and no other options';
        const unknown = is('acceptsUnknownOptions') ? 0 : Object.keys(rest).length;
        return typeof apiKey === 'string' && unknown === 0
          ? { value: { apiKey } }
          : { issues: [{ message }] };
      },
    },
  };
  return defineTranscriber<Options>({
    kind: 'transcriber',
    name: 'well',
    displayName: is('hasNoName') ? '' : 'Well',
    contract: 1,
    options,
    create: (given, host) => createGood(given, host, is),
  });
}

function createGood({ apiKey }: Options, host: TranscriberHost, is: Is): Transcriber {
  const stopped = new AbortController();
  const calls = new Set<GoodCall>();
  let cancelPing = (): void => undefined;
  if (is('sendsRequestInCreate')) void host.fetch(`${API}/me`).catch(() => undefined);

  function ping(): void {
    cancelPing = host.clock.schedule(60_000, ping);
  }

  async function health(signal: AbortSignal): Promise<void> {
    const headers = { authorization: `Bearer ${apiKey}` };
    const reply = await requestProvider(host, {
      method: 'GET',
      url: new URL(`${API}/me`),
      headers,
      timeoutMs: 5000,
      signal,
    });
    if (is('isNeverHealthy') || reply.status !== 200) throw faultOfResponse(reply, 'Well');
  }

  return {
    async start(signal) {
      if (is('startsSlowly')) await host.clock.delay(20_000, signal);
      ping();
    },
    async stop() {
      const isLeft = is('leavesTimerWhenStopped') || (is('leavesTimerBeforeFirstCall') && calls.size === 0);
      if (!isLeft) cancelPing();
      stopped.abort();
      if (is('neverStops')) await new Promise(() => undefined);
    },
    open(request, signal) {
      if (is('usesRealTime')) setTimeout(() => undefined, 0);
      const call = new GoodCall(
        apiKey,
        host,
        request,
        is('ignoresAbort') ? stopped.signal : AbortSignal.any([stopped.signal, signal]),
        is,
        {
          hasStopped: () => stopped.signal.aborted,
          others: () => calls,
        },
      );
      calls.add(call);
      return call;
    },
    ...(!is('hasNoHealth') && {
      health: (signal: AbortSignal) => (is('isAlwaysHealthy') ? Promise.resolve() : health(signal)),
    }),
  };
}

/** Returns the samples of all channels, one after another. Those of silence need not be copied. */
function interleave(channels: readonly Uint8Array[], length: number): Uint8Array {
  const samples = new Int16Array(channels.length * length);
  for (const [channel, bytes] of channels.entries()) {
    if (Buffer.compare(bytes, SILENCE.subarray(0, bytes.length)) === 0) continue;
    const own = decodePcm16le(bytes);
    for (let at = 0; at < own.length; at++) samples[at * channels.length + channel] = own[at]!;
  }
  return new Uint8Array(samples.buffer);
}

interface Frame {
  readonly atMs: number;
  readonly lengthMs: number;
  readonly parts: Map<Party, Uint8Array>;
}

interface Environment {
  readonly hasStopped: () => boolean;
  readonly others: () => Iterable<GoodCall>;
}

class GoodCall implements Transcription {
  readonly #host: TranscriberHost;
  readonly #request: TranscriptionRequest;
  readonly #apiKey: string;
  readonly #signal: AbortSignal;
  readonly #is: Is;
  readonly #environment: Environment;
  readonly #limit = new AbortController();
  readonly #ending = new AbortController();
  readonly #numbers = new Map<Party, number>();
  readonly #finalizedTo = new Map<Party, number>();
  readonly #partials = new Map<Party, { text: string; startMs: number; endMs: number }>();
  /** Audio whose results are not final. */
  #buffer: Frame[] = [];
  #sent: { readonly seconds: number; readonly atMs: number }[] = [];
  #sentSeconds = 0;
  #unsent = 0;
  #gap: { fromMs: number; toMs: number } | undefined;
  #socket: Socket | undefined;
  #cancelKeepAlive = (): void => undefined;
  #isSettled = false;
  #wasOpen = false;
  #unacceptedMs = 0;
  #lastAt = Date.now();
  readonly #done: Promise<void>;

  constructor(
    apiKey: string,
    host: TranscriberHost,
    request: TranscriptionRequest,
    signal: AbortSignal,
    is: Is,
    environment: Environment,
  ) {
    this.#apiKey = apiKey;
    this.#host = host;
    this.#request = request;
    this.#signal = signal;
    this.#is = is;
    this.#environment = environment;
    this.#done = this.#run();
  }

  write(party: Party, bytes: Uint8Array, atMs: number): void {
    if (this.#is('emitsAfterStop') && this.#environment.hasStopped())
      this.#request.emit({ type: 'speech.started', party, atMs });
    if (this.#is('emitsAfterEnd') && this.#isSettled && !this.#signal.aborted) {
      this.#request.emit({ type: 'speech.started', party, atMs });
    }
    if (this.#is('blocksTheLoop')) pbkdf2Sync('a', 'b', 100_000, 32, 'sha256');
    if (this.#is('dropsAudioByTimeOfMachine')) {
      const isLate = Date.now() - this.#lastAt > 60_000;
      this.#lastAt = Date.now();
      if (isLate) return;
    }
    if (this.#ending.signal.aborted) return;
    if (!this.#request.parties.includes(party)) {
      if (this.#is('throwsOnAudio')) throw new TypeError('unknown party');
      return;
    }
    const last = this.#buffer.at(-1);
    if (last?.atMs === atMs) last.parts.set(party, bytes);
    else this.#buffer.push({ atMs, lengthMs: (bytes.length * 500) / RATE, parts: new Map([[party, bytes]]) });
    while (atMs - this.#buffer[0]!.atMs > MAX_BUFFERED_MS && !this.#is('buffersWithoutLimit')) {
      this.#drop(this.#buffer.shift()!);
    }
    const { parts } = this.#buffer.at(-1)!;
    if (parts.size === this.#request.parties.length) this.#flush();
  }

  async end(): Promise<void> {
    if (this.#isSettled || this.#ending.signal.aborted) return this.#done;
    this.#ending.abort();
    if (this.#is('losesLastResults')) this.#limit.abort();
    const cancel = this.#is('neverEnds')
      ? () => undefined
      : this.#host.clock.schedule(END_MS, () => this.#limit.abort());
    if (this.#socket) void this.#socket.send('{"type":"end"}').catch(() => undefined);
    await this.#done;
    cancel();
  }

  /** Emits an event, unless the call is aborted or has ended. */
  emit(event: TranscriberEvent): void {
    if (!this.#signal.aborted && !this.#isSettled) this.#request.emit(event);
  }

  #drop({ atMs, lengthMs }: Frame): void {
    this.#unsent = Math.max(0, this.#unsent - 1);
    this.#gap ??= { fromMs: atMs, toMs: atMs };
    this.#gap.toMs = atMs + lengthMs;
  }

  #emitGap(): void {
    if (this.#gap && !this.#is('omitsGaps'))
      this.emit({ type: 'gap', ...this.#gap, reason: 'buffer overflow' });
    this.#gap = undefined;
  }

  #flush(): void {
    while (this.#socket && this.#unsent < this.#buffer.length) {
      const { atMs, lengthMs, parts } = this.#buffer[this.#unsent++]!;
      this.#sent.push({ seconds: this.#sentSeconds, atMs });
      this.#sentSeconds += lengthMs / 1000;
      const { parties } = this.#request;
      const channels = parties.map((party) => parts.get(party) ?? new Uint8Array(0));
      const samples = interleave(channels, (lengthMs * RATE) / 1000);
      const socket = this.#socket;
      const accepted = (): void => void (this.#unacceptedMs -= lengthMs);
      this.#unacceptedMs += lengthMs;
      void socket.send(samples).then(accepted, accepted);
      const isLimited = !this.#is('queuesForSlowService') && !this.#is('buffersWithoutLimit');
      if (this.#unacceptedMs > MAX_UNSENT_MS && isLimited) socket.close(1000);
    }
  }

  #keepAlive(): void {
    this.#cancelKeepAlive = this.#host.clock.schedule(KEEP_ALIVE_MS, () => this.#keepAlive());
  }

  async #dial(): Promise<Socket | 'refused' | 'unanswered' | 'failed'> {
    const timeout = new AbortController();
    const cancel = this.#host.clock.schedule(CONNECT_TIMEOUT_MS, () => timeout.abort());
    const signals = [
      timeout.signal,
      ...(this.#is('leavesDialWhenStopped') ? [] : [this.#signal, this.#limit.signal]),
    ];
    const fields = this.#is('logsSecret') ? { key: this.#apiKey } : {};
    this.#host.log.debug('dialling', fields);
    try {
      return await this.#host.dial(new URL('wss://api.well.example/listen'), {
        headers: { authorization: `Bearer ${this.#apiKey}` },
        signal: AbortSignal.any(signals),
      });
    } catch (error) {
      if (isFault(error) && error.details['status'] === 401) return 'refused';
      return isFault(error) && error.code === 'PROVIDER_TIMEOUT' ? 'unanswered' : 'failed';
    } finally {
      cancel();
    }
  }

  async #run(): Promise<void> {
    const isOver = (): boolean => this.#signal.aborted || this.#limit.signal.aborted;
    let isFailed = false;
    for (let failures = 0; !isOver();) {
      const dialled = await this.#dial();
      if (typeof dialled === 'object') {
        if (isOver()) dialled.close(1000);
        else if (await this.#use(dialled)) break;
        failures = 0;
      }
      if (isOver()) break;
      if (dialled === 'refused' && !this.#is('dialsAfterRejection')) {
        isFailed = true;
        break;
      }
      failures++;
      if (this.#is('stopsRetrying') && dialled === 'unanswered' && failures > 5) break;
      if (!this.#is('hidesDisconnects')) {
        this.emit({
          type: 'state',
          state: this.#wasOpen ? 'RECONNECTING' : 'CONNECTING',
          code: 'WELL_LOST',
          message: 'Wait.',
        });
      }
      const delayMs = this.#is('retriesWithoutDelay') ? 1000 : (DELAYS_MS[failures - 1] ?? DELAYS_MS.at(-1)!);
      const until = this.#ending.signal.aborted ? [] : [this.#ending.signal];
      await this.#host.clock.delay(delayMs, AbortSignal.any([this.#signal, this.#limit.signal, ...until]));
    }
    this.#conclude(isFailed);
  }

  /** Uses a socket until it closes. Resolves with whether all results were received. */
  #use(socket: Socket): Promise<boolean> {
    if (this.#is('losesAudioOnReconnect') && this.#wasOpen)
      for (const frame of this.#buffer.splice(0)) this.#drop(frame);
    this.#emitGap();
    this.#socket = socket;
    this.#sent = [];
    this.#sentSeconds = 0;
    this.#unsent = 0;
    this.#wasOpen = true;
    this.emit({ type: 'state', state: 'TRANSCRIBING' });
    this.#keepAlive();
    return new Promise((resolve) => {
      let isDone = false;
      const finish = (): void => {
        if (!(this.#is('leavesTimerAfterCall') && isDone)) this.#cancelKeepAlive();
        this.#socket = undefined;
        resolve(isDone);
      };
      const cut = (): void => {
        finish();
        socket.close(1000);
      };
      this.#signal.addEventListener('abort', () => {
        this.#cancelKeepAlive();
        cut();
      });
      this.#limit.signal.addEventListener('abort', cut);
      socket.onClose(() => finish());
      socket.onMessage((raw) => {
        const message = this.#is('throwsOnGarbage')
          ? (JSON.parse(String(raw)) as unknown)
          : parseJson(String(raw));
        if (typeof raw !== 'string' || this.#socket !== socket) return;
        if (textOf(objectOf(message)['type']) === 'done') isDone = true;
        this.#handle(objectOf(message));
      });
      this.#flush();
      if (this.#ending.signal.aborted) void socket.send('{"type":"end"}').catch(() => undefined);
    });
  }

  #handle(message: Readonly<Record<string, unknown>>): void {
    const positionOf = (value: unknown): number => {
      const position = numberOf(value) ?? 0;
      const frame = this.#sent.findLast(({ seconds }) => seconds <= position + 1e-6);
      return frame ? Math.round(frame.atMs + (position - frame.seconds) * 1000) : 0;
    };
    if (message['type'] === 'processed') {
      const untilMs = positionOf(message['seconds']);
      const processed = this.#buffer.findIndex(({ atMs }) => atMs >= untilMs);
      if (processed > 0) this.#unsent -= this.#buffer.splice(0, processed).length;
    }
    const { parties } = this.#request;
    if (this.#is('throwsOnMissingFields') && message['type'] === 'words' && message['start'] === undefined)
      throw new TypeError('a field is missing');
    const channel = numberOf(message['channel']) ?? -1;
    const isMixed = this.#is('mixesParties') && this.#partials.size === parties.length;
    const party = parties[isMixed ? parties.length - 1 - channel : channel];
    const text = textOf(message['text']);
    if (!party || text === undefined) return;
    const startMs = positionOf(message['start']);
    const endMs = positionOf(message['end']);
    if (endMs <= (this.#finalizedTo.get(party) ?? 0) && !this.#is('repeatsAfterReconnect')) return;
    this.#emitUtterance(party, { text, startMs, endMs }, message['isFinal'] === true);
  }

  #emitUtterance(
    party: Party,
    utterance: { text: string; startMs: number; endMs: number },
    isFinal: boolean,
  ): void {
    const number = this.#numbers.get(party) ?? 0;
    const utteranceId = `${party}-${number}`;
    if (this.#is('logsTranscripts')) this.#host.log.info('utterance received', utterance);
    if (this.#is('leavesRejections')) void Promise.reject(new Error('no handler'));
    if (!this.#partials.has(party)) {
      this.emit({ type: 'speech.started', party, atMs: utterance.startMs });
      if (this.#is('startsSpeechTwice'))
        this.emit({ type: 'speech.started', party, atMs: utterance.startMs });
    }
    this.#partials.set(party, utterance);
    if (!isFinal && !this.#is('omitsPartials'))
      this.emit({ type: 'utterance.partial', party, utteranceId, text: utterance.text });
    if (!isFinal) return;
    const away = this.#is('shiftsOffsets') ? 5000 : 0;
    const event = {
      type: 'utterance.final',
      party,
      utteranceId,
      text: utterance.text,
      startMs: utterance.startMs - away,
      endMs: utterance.endMs,
      ...(this.#is('emitsInvalidEvents') && { confidence: 7 }),
    } as const;
    this.#numbers.set(party, number + 1);
    this.#finalizedTo.set(party, utterance.endMs);
    this.#partials.delete(party);
    this.emit(event);
    if (this.#is('repeatsFinals')) this.emit(event);
    if (this.#is('sharesTranscripts'))
      for (const other of this.#environment.others())
        if (other !== this) other.emit({ ...event, utteranceId: `other-${utteranceId}` });
    this.emit({ type: 'speech.stopped', party, atMs: utterance.endMs });
  }

  #conclude(isFailed: boolean): void {
    this.#cancelKeepAliveUnlessLeft();
    if (!this.#is('losesLastResults'))
      for (const [party, utterance] of this.#partials) this.#emitUtterance(party, utterance, true);
    if (!this.#is('losesLastResults')) for (const frame of this.#buffer.splice(0)) this.#drop(frame);
    this.#emitGap();
    if (isFailed)
      this.emit({ type: 'state', state: 'FAILED', code: 'WELL_UNAUTHORIZED', message: 'Correct `apiKey`.' });
    this.#isSettled = true;
  }

  #cancelKeepAliveUnlessLeft(): void {
    if (!this.#is('leavesTimerAfterCall')) this.#cancelKeepAlive();
  }
}

const PAUSE_S = 0.3;

/** Serves a socket of the good transcriber's service. */
function serve(peer: FakeSocket): void {
  const recognisers: readonly WordRecogniser[] = [createWordRecogniser(RATE), createWordRecogniser(RATE)];
  const finalized = [0, 0];
  const partials = ['', ''];
  const send = (message: object): void => void peer.send(JSON.stringify(message)).catch(() => undefined);

  function sendWords(channel: number, words: readonly RecognisedWord[], isFinal: boolean): void {
    const text = words.map((word) => word.text).join(' ');
    if (words.length === 0 || (!isFinal && text === partials[channel])) return;
    partials[channel] = isFinal ? '' : text;
    send({ type: 'words', channel, text, start: words[0]!.start, end: words.at(-1)!.end, isFinal });
    if (isFinal) finalized[channel]! += words.length;
  }

  function process(bytes: Uint8Array, isLast: boolean): void {
    const parts = splitChannels(bytes, 2);
    const safe = recognisers.map((recogniser, channel) => {
      recogniser.push(parts[channel]!);
      const open = recogniser.words.slice(finalized[channel]);
      const whole = open.filter(({ end }) => isLast || end < recogniser.seconds);
      const isPause =
        whole.length > 0 && whole.length === open.length && recogniser.seconds - whole.at(-1)!.end >= PAUSE_S;
      sendWords(channel, whole, isLast || isPause);
      return recogniser.words[finalized[channel]!]?.start ?? recogniser.seconds;
    });
    send({ type: 'processed', seconds: Math.min(...safe) });
  }

  peer.onMessage((message) => {
    if (typeof message !== 'string') return process(message, false);
    process(new Uint8Array(0), true);
    send({ type: 'done' });
    setImmediate(() => peer.close(1000));
  });
}

/** Returns the good transcriber with its service, with one promise broken if a mutation is given. */
export const goodTranscriberSubject = (mutation?: TranscriberMutation): TranscriberSubject =>
  defineTranscriberSubject(goodTranscriber(mutation), {
    options: { apiKey: API_KEY },
    secrets: [API_KEY],
    serve,
    api: ({ url }) => (url.href === `${API}/me` ? { json: {} } : undefined),
  });

/**
 * A small whole transcriber that keeps every promise, and a switch that breaks one of them: what the audits are tested with. It
 * has one socket a call. Its service takes interleaved samples and tells words; what it has heard for good need not be kept.
 */
import {
  requestProvider,
  numberOf,
  objectOf,
  parseJson,
  faultOfResponse,
  textOf,
} from '@sidetone/plugin-kit';
import {
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
/** How much audio is kept. */
const MAX_KEPT_MS = 30_000;
const DELAYS_MS = [0, 1000, 2000, 4000, 8000, 15_000];

/** Which promise is broken. */
export type TranscriberMutation =
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

/** The plugin, whole or with one promise broken. */
export function goodTranscriber(mutation?: TranscriberMutation): TranscriberPlugin<Options> {
  const is: Is = (asked) => asked === mutation;
  const options: OptionsSchema<Options> = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate(value) {
        const { apiKey, ...rest } = objectOf(value);
        const message = is('repeatsOptionsInIssues')
          ? JSON.stringify(value)
          : 'expected a text and nothing else';
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
  const life = new AbortController();
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
      if (!is('leavesTimerWhenStopped')) cancelPing();
      life.abort();
      if (is('neverStops')) await new Promise(() => undefined);
    },
    open(request, signal) {
      if (is('usesRealTime')) setTimeout(() => undefined, 0);
      const call = new GoodCall(
        apiKey,
        host,
        request,
        is('ignoresAbort') ? life.signal : AbortSignal.any([life.signal, signal]),
        is,
        {
          hasStopped: () => life.signal.aborted,
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

interface Frame {
  readonly atMs: number;
  readonly lengthMs: number;
  readonly parts: Map<Party, Uint8Array>;
}

interface Surroundings {
  readonly hasStopped: () => boolean;
  readonly others: () => Iterable<GoodCall>;
}

class GoodCall implements Transcription {
  readonly #host: TranscriberHost;
  readonly #request: TranscriptionRequest;
  readonly #apiKey: string;
  readonly #signal: AbortSignal;
  readonly #is: Is;
  readonly #around: Surroundings;
  readonly #limit = new AbortController();
  readonly #ending = new AbortController();
  readonly #numbers = new Map<Party, number>();
  readonly #finalTo = new Map<Party, number>();
  readonly #shown = new Map<Party, { text: string; startMs: number; endMs: number }>();
  /** What was not heard for good, and where what was sent on this socket lies. */
  #kept: Frame[] = [];
  #sent: { readonly seconds: number; readonly atMs: number }[] = [];
  #sentSeconds = 0;
  #unsent = 0;
  #gap: { fromMs: number; toMs: number } | undefined;
  #socket: Socket | undefined;
  #cancelKeepAlive = (): void => undefined;
  #isSettled = false;
  #wasOpen = false;
  readonly #done: Promise<void>;

  constructor(
    apiKey: string,
    host: TranscriberHost,
    request: TranscriptionRequest,
    signal: AbortSignal,
    is: Is,
    around: Surroundings,
  ) {
    this.#apiKey = apiKey;
    this.#host = host;
    this.#request = request;
    this.#signal = signal;
    this.#is = is;
    this.#around = around;
    this.#done = this.#run();
  }

  write(party: Party, bytes: Uint8Array, atMs: number): void {
    if (this.#is('emitsAfterStop') && this.#around.hasStopped())
      this.#request.emit({ type: 'speech.started', party, atMs });
    if (this.#is('emitsAfterEnd') && this.#isSettled && !this.#signal.aborted) {
      this.#request.emit({ type: 'speech.started', party, atMs });
    }
    if (this.#ending.signal.aborted) return;
    if (!this.#request.parties.includes(party)) {
      if (this.#is('throwsOnAudio')) throw new TypeError('that party is not of this call');
      return;
    }
    const last = this.#kept.at(-1);
    if (last?.atMs === atMs) last.parts.set(party, bytes);
    else this.#kept.push({ atMs, lengthMs: (bytes.length * 500) / RATE, parts: new Map([[party, bytes]]) });
    while (atMs - this.#kept[0]!.atMs > MAX_KEPT_MS && !this.#is('buffersWithoutLimit')) {
      this.#lose(this.#kept.shift()!);
    }
    const { parts } = this.#kept.at(-1)!;
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

  /** What is told, as long as somebody wants it. */
  tell(event: TranscriberEvent): void {
    if (!this.#signal.aborted && !this.#isSettled) this.#request.emit(event);
  }

  #lose({ atMs, lengthMs }: Frame): void {
    this.#unsent = Math.max(0, this.#unsent - 1);
    this.#gap ??= { fromMs: atMs, toMs: atMs };
    this.#gap.toMs = atMs + lengthMs;
  }

  #tellGap(): void {
    if (this.#gap && !this.#is('omitsGaps'))
      this.tell({ type: 'gap', ...this.#gap, reason: 'it was too much' });
    this.#gap = undefined;
  }

  #flush(): void {
    while (this.#socket && this.#unsent < this.#kept.length) {
      const { atMs, lengthMs, parts } = this.#kept[this.#unsent++]!;
      this.#sent.push({ seconds: this.#sentSeconds, atMs });
      this.#sentSeconds += lengthMs / 1000;
      const { parties } = this.#request;
      const bytes = new Uint8Array((parties.length * lengthMs * RATE) / 500);
      for (const [channel, party] of parties.entries()) {
        const own = parts.get(party) ?? new Uint8Array(0);
        for (let at = 0; at < own.length; at++)
          bytes[(at >> 1) * parties.length * 2 + channel * 2 + (at & 1)] = own[at]!;
      }
      void this.#socket.send(bytes).catch(() => undefined);
    }
  }

  #keepAlive(): void {
    this.#cancelKeepAlive = this.#host.clock.schedule(KEEP_ALIVE_MS, () => this.#keepAlive());
  }

  async #dial(): Promise<Socket | 'refused' | 'unanswered' | 'failed'> {
    const timeout = new AbortController();
    const cancel = this.#host.clock.schedule(CONNECT_TIMEOUT_MS, () => timeout.abort());
    const life = [
      timeout.signal,
      ...(this.#is('leavesDialWhenStopped') ? [] : [this.#signal, this.#limit.signal]),
    ];
    const fields = this.#is('logsSecret') ? { key: this.#apiKey } : {};
    this.#host.log.debug('dialling', fields);
    try {
      return await this.#host.dial(new URL('wss://api.well.example/listen'), {
        headers: { authorization: `Bearer ${this.#apiKey}` },
        signal: AbortSignal.any(life),
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
        else if (await this.#serve(dialled)) break;
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
        this.tell({
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

  /** Serves a socket; whether all was told when it closed. */
  #serve(socket: Socket): Promise<boolean> {
    if (this.#is('losesAudioOnReconnect') && this.#wasOpen)
      for (const frame of this.#kept.splice(0)) this.#lose(frame);
    this.#tellGap();
    this.#socket = socket;
    this.#sent = [];
    this.#sentSeconds = 0;
    this.#unsent = 0;
    this.#wasOpen = true;
    this.tell({ type: 'state', state: 'TRANSCRIBING' });
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
        this.#take(objectOf(message));
      });
      this.#flush();
      if (this.#ending.signal.aborted) void socket.send('{"type":"end"}').catch(() => undefined);
    });
  }

  #take(message: Readonly<Record<string, unknown>>): void {
    const placeOf = (value: unknown): number => {
      const told = numberOf(value) ?? 0;
      const frame = this.#sent.findLast(({ seconds }) => seconds <= told + 1e-6);
      return frame ? Math.round(frame.atMs + (told - frame.seconds) * 1000) : 0;
    };
    if (message['type'] === 'heard') {
      const untilMs = placeOf(message['seconds']);
      const heard = this.#kept.findIndex(({ atMs }) => atMs >= untilMs);
      if (heard > 0) this.#unsent -= this.#kept.splice(0, heard).length;
    }
    const { parties } = this.#request;
    const channel = numberOf(message['channel']) ?? -1;
    const isMixed = this.#is('mixesParties') && this.#shown.size === parties.length;
    const party = parties[isMixed ? parties.length - 1 - channel : channel];
    const text = textOf(message['text']);
    if (!party || text === undefined) return;
    const startMs = placeOf(message['start']);
    const endMs = placeOf(message['end']);
    if (endMs <= (this.#finalTo.get(party) ?? 0) && !this.#is('repeatsAfterReconnect')) return;
    this.#say(party, { text, startMs, endMs }, message['isFinal'] === true);
  }

  #say(party: Party, said: { text: string; startMs: number; endMs: number }, isFinal: boolean): void {
    const number = this.#numbers.get(party) ?? 0;
    const utteranceId = `${party}-${number}`;
    if (this.#is('logsTranscripts')) this.#host.log.info('heard', said);
    if (!this.#shown.has(party)) {
      this.tell({ type: 'speech.started', party, atMs: said.startMs });
      if (this.#is('startsSpeechTwice')) this.tell({ type: 'speech.started', party, atMs: said.startMs });
    }
    this.#shown.set(party, said);
    if (!isFinal && !this.#is('omitsPartials'))
      this.tell({ type: 'utterance.partial', party, utteranceId, text: said.text });
    if (!isFinal) return;
    const away = this.#is('shiftsOffsets') ? 5000 : 0;
    const event = {
      type: 'utterance.final',
      party,
      utteranceId,
      text: said.text,
      startMs: said.startMs - away,
      endMs: said.endMs,
      ...(this.#is('emitsInvalidEvents') && { confidence: 7 }),
    } as const;
    this.#numbers.set(party, number + 1);
    this.#finalTo.set(party, said.endMs);
    this.#shown.delete(party);
    this.tell(event);
    if (this.#is('repeatsFinals')) this.tell(event);
    if (this.#is('sharesTranscripts'))
      for (const other of this.#around.others())
        if (other !== this) other.tell({ ...event, utteranceId: `other-${utteranceId}` });
    this.tell({ type: 'speech.stopped', party, atMs: said.endMs });
  }

  #conclude(isFailed: boolean): void {
    this.#cancelKeepAliveUnlessLeft();
    if (!this.#is('losesLastResults')) for (const [party, said] of this.#shown) this.#say(party, said, true);
    if (!this.#is('losesLastResults')) for (const frame of this.#kept.splice(0)) this.#lose(frame);
    this.#tellGap();
    if (isFailed)
      this.tell({ type: 'state', state: 'FAILED', code: 'WELL_UNAUTHORIZED', message: 'Correct `apiKey`.' });
    this.#isSettled = true;
  }

  #cancelKeepAliveUnlessLeft(): void {
    if (!this.#is('leavesTimerAfterCall')) this.#cancelKeepAlive();
  }
}

const PAUSE_S = 0.3;

/** The service of the good transcriber. */
function serve(peer: FakeSocket): void {
  const recognisers: readonly WordRecogniser[] = [createWordRecogniser(RATE), createWordRecogniser(RATE)];
  const told = [0, 0];
  const shown = ['', ''];
  const say = (message: object): void => void peer.send(JSON.stringify(message)).catch(() => undefined);

  function tell(channel: number, words: readonly RecognisedWord[], isFinal: boolean): void {
    const text = words.map((word) => word.text).join(' ');
    if (words.length === 0 || (!isFinal && text === shown[channel])) return;
    shown[channel] = isFinal ? '' : text;
    say({ type: 'words', channel, text, start: words[0]!.start, end: words.at(-1)!.end, isFinal });
    if (isFinal) told[channel]! += words.length;
  }

  function hear(bytes: Uint8Array, isLast: boolean): void {
    const parts = splitChannels(bytes, 2);
    const safe = recognisers.map((recogniser, channel) => {
      recogniser.push(parts[channel]!);
      const open = recogniser.words.slice(told[channel]);
      const whole = open.filter(({ end }) => isLast || end < recogniser.seconds);
      const isPause =
        whole.length > 0 && whole.length === open.length && recogniser.seconds - whole.at(-1)!.end >= PAUSE_S;
      tell(channel, whole, isLast || isPause);
      return recogniser.words[told[channel]!]?.start ?? recogniser.seconds;
    });
    say({ type: 'heard', seconds: Math.min(...safe) });
  }

  peer.onMessage((message) => {
    if (typeof message !== 'string') return hear(message, false);
    hear(new Uint8Array(0), true);
    say({ type: 'done' });
    setImmediate(() => peer.close(1000));
  });
}

/** The good transcriber, or one of its mutants, and its service. */
export const goodTranscriberSubject = (mutation?: TranscriberMutation): TranscriberSubject =>
  defineTranscriberSubject(goodTranscriber(mutation), {
    options: { apiKey: API_KEY },
    secrets: [API_KEY],
    serve,
    api: ({ url }) => (url.href === `${API}/me` ? { json: {} } : undefined),
  });

// The behaviour options of the simulated Deepgram. Undocumented properties of the real one are options with the best
// guess as the default, and so are its observed and possible faults. The README lists all options; a test compares the
// two. All but the options of upgrades also affect open sockets.

/** Accepting and rejecting upgrades. */
export interface DeepgramUpgradeBehaviour {
  /** How many sockets can be open; further ones are rejected with 429. */
  readonly listenConcurrency: number;
  /** How many upgrades are rejected, from when it was set. */
  readonly listenRefused: number;
  /** The status of these rejections. */
  readonly listenRefusalStatus: number;
  /** The format of these rejections. */
  readonly listenRefusalShape: 'usual' | 'category' | 'text' | 'empty';
  /** Whether upgrades get no response. */
  readonly listenUnanswered: boolean;
}

/** The timing of results. */
export interface DeepgramTimingBehaviour {
  /** The delay from received audio to its results. */
  readonly latencyMs: number;
  /** How many times faster than real time audio is processed; the rest is queued. 0: unlimited. */
  readonly throttle: number;
  /** How much audio is processed immediately before `throttle` applies. */
  readonly throttleBurstMs: number;
  /** How much audio there is between two interim results of a channel. */
  readonly interimEveryMs: number;
  /** After this much continuous speech, a final is sent within it. */
  readonly segmentMs: number;
  /** After this much silence, an empty final is sent. */
  readonly silenceFinalMs: number;
  /** The timeout without messages, and the timeout until the first audio. */
  readonly idleMs: number;
  /** How long a socket with too many key terms stays open without results. */
  readonly overloadedMs: number;
}

/** The content of results. */
interface DeepgramResultBehaviour {
  /** How many finals have their text removed, from when it was set. */
  readonly emptyFinals: number;
  /** Whether the final at a pause has `speech_final`. */
  readonly speechFinals: boolean;
  readonly utteranceEnds: 'after-words' | 'minus-one' | 'both' | 'never';
  /** Whether `Finalize` is answered. */
  readonly finalizeAnswers: boolean;
  readonly configureAnswer: 'success' | 'failure' | 'none';
}

/** The turns of Flux models. */
interface DeepgramTurnBehaviour {
  /** How much audio there is at most between two messages about a turn. */
  readonly turnUpdateMs: number;
  /** Whether a turn starts with `StartOfTurn`; after a reconnect, it may start with an `Update`. */
  readonly turnStarts: boolean;
  /** Whether words of a turn have times. */
  readonly turnWordTimes: boolean;
  /** Whether the turn that is open at `CloseStream` ends with `EndOfTurn`. */
  readonly turnEndsAtClose: boolean;
}

/** Faults of messages. "Every n" counts the messages of a socket; 0: never. */
export interface DeepgramMessageBehaviour {
  /** Every n, an additional message is sent, as `odd` says. */
  readonly oddEvery: number;
  readonly odd:
    | 'type'
    | 'no-type'
    | 'text'
    | 'empty'
    | 'array'
    | 'binary'
    | 'error'
    | 'channel'
    | 'words'
    | 'other-request';
  /** Every n, a message is sent after the following one. */
  readonly overtakenEvery: number;
}

/** Unexpected ends of sockets. Times are durations of received audio; 0: never. */
export interface DeepgramSocketBehaviour {
  /** How many of the sockets that open from when it was set have these faults; 0: all. */
  readonly faultySockets: number;
  /** The connection breaks. */
  readonly cutAfterMs: number;
  /** The connection breaks instead of sending this message, by its number. */
  readonly cutAtMessage: number;
  /** Audio is not processed and nothing is sent any more, while the socket stays open. */
  readonly freezeAfterMs: number;
  /** `Metadata` is sent and the socket closed with `closeCode`. */
  readonly closeAfterMs: number;
  /** 1005: without a code, 1006: without a closing handshake. */
  readonly closeCode: number;
}

/** The behaviour of the simulated Deepgram. */
export interface DeepgramBehaviour
  extends
    DeepgramUpgradeBehaviour,
    DeepgramTimingBehaviour,
    DeepgramResultBehaviour,
    DeepgramTurnBehaviour,
    DeepgramMessageBehaviour,
    DeepgramSocketBehaviour {}

/** The default behaviour. */
export const DEEPGRAM_BEHAVIOUR: DeepgramBehaviour = {
  listenConcurrency: 150,
  listenRefused: 0,
  listenRefusalStatus: 429,
  listenRefusalShape: 'usual',
  listenUnanswered: false,

  latencyMs: 150,
  throttle: 1.25,
  throttleBurstMs: 1_000,
  interimEveryMs: 1_000,
  segmentMs: 4_000,
  silenceFinalMs: 5_000,
  idleMs: 10_000,
  overloadedMs: 30_000,

  emptyFinals: 0,
  speechFinals: true,
  utteranceEnds: 'after-words',
  finalizeAnswers: true,
  configureAnswer: 'success',

  turnUpdateMs: 250,
  turnStarts: true,
  turnWordTimes: true,
  turnEndsAtClose: true,

  oddEvery: 0,
  odd: 'type',
  overtakenEvery: 0,

  faultySockets: 0,
  cutAfterMs: 0,
  cutAtMessage: 0,
  freezeAfterMs: 0,
  closeAfterMs: 0,
  closeCode: 1011,
};

/** The values of options with a fixed set of values. */
export const DEEPGRAM_CHOICES = {
  listenRefusalShape: ['usual', 'category', 'text', 'empty'],
  utteranceEnds: ['after-words', 'minus-one', 'both', 'never'],
  configureAnswer: ['success', 'failure', 'none'],
  odd: ['type', 'no-type', 'text', 'empty', 'array', 'binary', 'error', 'channel', 'words', 'other-request'],
} as const satisfies { readonly [Dial in keyof DeepgramBehaviour]?: readonly DeepgramBehaviour[Dial][] };

// The dials of the fake Deepgram. What its documentation leaves open is a dial with the best guess as its default, and
// so is every way in which it has been seen, or is feared, to misbehave. The package's README has the same list with
// a line about each; a test compares the two. All but those of the doors are asked for while a socket lives.

/** Who is let in. */
export interface DeepgramUpgradeBehaviour {
  /** How many sockets may be open at a time; one more is refused with a 429. */
  readonly listenConcurrency: number;
  /** How many upgrades are refused, from when it was dialled. */
  readonly listenRefused: number;
  /** With which status. */
  readonly listenRefusalStatus: number;
  /** What a refusal that was dialled looks like. */
  readonly listenRefusalShape: 'usual' | 'category' | 'text' | 'empty';
  /** Whether upgrades get no answer at all. */
  readonly listenUnanswered: boolean;
}

/** When results come. */
export interface DeepgramTimingBehaviour {
  /** From audio that was received to its results. */
  readonly latencyMs: number;
  /** How many times as fast as real time audio is processed; what comes faster waits. 0: as fast as it comes. */
  readonly throttle: number;
  /** How much audio may come faster all the same. */
  readonly throttleBurstMs: number;
  /** How much audio passes between two interim results of a channel. */
  readonly interimEveryMs: number;
  /** After how much unbroken speech a final comes in its middle. */
  readonly segmentMs: number;
  /** After how much silence an empty final comes. */
  readonly silenceFinalMs: number;
  /** How long a socket may be idle, and how long it may be without its first audio. */
  readonly idleMs: number;
  /** How long a socket lives that was given too many key terms, and hears nothing any more. */
  readonly overloadedMs: number;
}

/** What is told, and what is not. */
export interface DeepgramResultBehaviour {
  /** How many finals with words come without them, from when it was dialled. */
  readonly emptyFinals: number;
  /** Whether the final at a pause says `speech_final`. */
  readonly speechFinals: boolean;
  readonly utteranceEnds: 'after-words' | 'minus-one' | 'both' | 'never';
  /** Whether `Finalize` is answered. */
  readonly finalizeAnswers: boolean;
  readonly configureAnswer: 'success' | 'failure' | 'none';
}

/** How messages go wrong. "Every n" counts the messages of a socket; 0: never. */
export interface DeepgramMessageBehaviour {
  /** Every n, something else comes along, as `odd` says. */
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
  /** Every n, a message comes after the one that follows it. */
  readonly overtakenEvery: number;
}

/** How sockets end although nobody has asked for it. The spans are of audio received; 0: never. */
export interface DeepgramSocketBehaviour {
  /** How many of the sockets that are opened from when it was dialled suffer from what follows; 0: all. */
  readonly faultySockets: number;
  /** The connection breaks. */
  readonly cutAfterMs: number;
  /** The connection breaks in place of so many'th message. */
  readonly cutAtMessage: number;
  /** Nothing is heard or told any more, and the socket stays open. */
  readonly freezeAfterMs: number;
  /** `Metadata`, and a close with `closeCode`. */
  readonly closeAfterMs: number;
  /** 1005: without a code, 1006: without a closing handshake. */
  readonly closeCode: number;
}

/** How a fake Deepgram behaves. */
export interface DeepgramBehaviour
  extends
    DeepgramUpgradeBehaviour,
    DeepgramTimingBehaviour,
    DeepgramResultBehaviour,
    DeepgramMessageBehaviour,
    DeepgramSocketBehaviour {}

/** What a fake Deepgram does of its own accord. */
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

/** The values of the dials that have few. */
export const DEEPGRAM_CHOICES = {
  listenRefusalShape: ['usual', 'category', 'text', 'empty'],
  utteranceEnds: ['after-words', 'minus-one', 'both', 'never'],
  configureAnswer: ['success', 'failure', 'none'],
  odd: ['type', 'no-type', 'text', 'empty', 'array', 'binary', 'error', 'channel', 'words', 'other-request'],
} as const satisfies { readonly [Dial in keyof DeepgramBehaviour]?: readonly DeepgramBehaviour[Dial][] };

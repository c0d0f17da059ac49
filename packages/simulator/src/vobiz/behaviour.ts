// The dials of the fake Vobiz. What its documentation leaves open is a dial with the best guess as its default, and
// so is every way in which it has been seen, or is feared, to misbehave. The package's README has the same list with
// a line about each; a test compares the two.

/** How a call lives and ends. */
export interface VobizCallBehaviour {
  /** How long a callee rings: of a `<Dial>`, and of a call that REST places. */
  readonly ringMs: number;
  /** What the callee of a call that REST places does. */
  readonly callOutcome: 'answer' | 'busy' | 'no-answer' | 'failed';
  /** What the callee of a `<Dial>` does. */
  readonly dialOutcome: 'answer' | 'busy' | 'no-answer' | 'failed';
  /** How long after it answered the callee of a `<Dial>` hangs up; 0: the caller does. */
  readonly calleeHangsUpMs: number;
  /** How long the caller bears silence, once nobody has anything left to say. */
  readonly patienceMs: number;
  /** How long a call lasts whose answer was not valid XML. */
  readonly invalidAnswerMs: number;
}

/** What streams look like on the wire. */
export interface VobizFormatBehaviour {
  /** How a stream introduces itself. */
  readonly startShape: 'nested' | 'flat' | 'hybrid' | 'rate-as-text';
  /** How a stream carries audio: as documented today, or as an older page showed it. */
  readonly mediaShape: 'current' | 'older';
  readonly mediaTimestamps: 'text' | 'number' | 'missing';
  readonly mediaTrack: 'known' | 'missing' | 'unknown';
  readonly extraHeadersShape: 'empty' | 'json' | 'pairs' | 'object' | 'missing';
  readonly dtmfShape: 'nested' | 'flat' | 'number';
  /** The number of `start`. */
  readonly sequenceFrom: number;
  /** How much audio a `media` message holds. */
  readonly frameMs: 20 | 40 | 60;
  /** Of L16, in both directions. */
  readonly byteOrder: 'le' | 'be';
}

/** What chance follows: the same seed loses and delays alike. */
export interface VobizSeedBehaviour {
  readonly seed: number;
}

/** How messages of a stream go wrong. "Every n" counts `media` messages; 0: never. */
export interface VobizMessageBehaviour extends VobizSeedBehaviour {
  readonly start: 'once' | 'never' | 'twice' | 'twice-other-id';
  /** How many `media` messages come before `start`. */
  readonly mediaBeforeStart: number;
  /** Which share of the `media` messages is lost, from 0 to 1. */
  readonly loseShare: number;
  /** Every n, five chunks in a row are lost. */
  readonly gapEvery: number;
  /** Every n, a chunk is sent twice. */
  readonly repeatEvery: number;
  /** Every n, a chunk comes after the one that follows it. */
  readonly swapEvery: number;
  /** Every n, a payload is no audio, as `badPayload` says. */
  readonly badPayloadEvery: number;
  readonly badPayload: 'base64' | 'empty' | 'odd' | 'number' | 'missing';
  /** Every n, something else comes along, as `strange` says. */
  readonly strangeEvery: number;
  readonly strange: 'event' | 'error' | 'json' | 'array' | 'binary' | 'other-stream';
  /** Whether a stream says the older `stop` before it closes. */
  readonly sendStop: boolean;
  readonly stopVariant: 'once' | 'twice' | 'other-id' | 'then-media';
}

/** How sockets of streams open, break and close. */
export interface VobizSocketBehaviour {
  /** How long after the XML was fetched a stream's socket is dialled. */
  readonly connectDelayMs: number;
  /** How long each socket lives before it breaks; 0: it does not. */
  readonly dropEveryMs: number;
  /** After how many messages the socket of each attempt breaks: the first attempt's first. */
  readonly dropAfterMessages: readonly number[];
  /** Whether a lost stream is dialled again at all, whatever its element says. */
  readonly reconnects: boolean;
  readonly reconnectMs: number;
  /** How long after it was opened nothing more is read from a socket; 0: it is always read. */
  readonly stallAfterMs: number;
  /** How sockets are closed; 1005: without a code, 1006: without a closing handshake. */
  readonly closeCode: number;
}

/** How what a stream is given to play is played. */
export interface VobizPlaybackBehaviour {
  /** How much may wait to be played; what comes on top is thrown away. */
  readonly playbackQueueMs: number;
  /** Whether what a stream plays is on the `outbound` track of the leg's other streams. */
  readonly playedOnOutbound: boolean;
  /** How many `playedStream` of a stream are lost, the first ones. */
  readonly losePlayed: number;
  /** Whether each `playedStream` is overtaken by the next. */
  readonly swapPlayed: boolean;
  readonly clearedDelayMs: number;
  readonly loseCleared: boolean;
}

/** How webhooks reach the application, or do not. */
export interface VobizWebhookBehaviour extends VobizSeedBehaviour {
  /** The pause before the first retry of a webhook; each further one is twice as long. */
  readonly retryPauseMs: number;
  /** GET goes before what an element or a request says. */
  readonly webhookMethod: 'POST' | 'GET';
  readonly numberFormat: 'plain' | 'plus' | 'national';
  readonly signature: 'none' | 'v2' | 'v3' | 'both' | 'wrong' | 'ma-v3';
  /** Whether all signatures of a call have the same nonce. */
  readonly replayNonce: boolean;
  /** The events that are never told. */
  readonly loseEvents: readonly string[];
  /** The events that are told twice. */
  readonly doubleEvents: readonly string[];
  /** News are held back by this long, */
  readonly webhookDelayMs: number;
  /** and by up to this long in addition, so that they overtake each other. */
  readonly reorderMs: number;
  readonly hangupTo: 'hangup-url' | 'answer-url';
  /** Whether the streams are closed when the hangup is told. */
  readonly hangupOrder: 'after-close' | 'before-close';
}

/** How REST behaves. All but `callGone` work for the cloud, not for one call. */
export interface VobizRestBehaviour {
  /** The script of calls that are placed over REST. */
  readonly placedScript: string;
  /** The numbers that calls may come from. */
  readonly ownNumbers: readonly string[];
  /** How long an answer is held back. */
  readonly restDelayMs: number;
  /** How many requests are turned away with a 429, from when it was dialled. */
  readonly restRateLimited: number;
  /** What every request is answered with, and nothing done; 0: what it deserves. */
  readonly restStatus: number;
  /** Whether a request is answered 200 with an error inside, and nothing done. */
  readonly restErrorInside: boolean;
  /** Whether the connection breaks, before or after what was asked is done. */
  readonly restDrop: 'never' | 'before' | 'after';
  /** Whether the caller hangs up just before a command lands. */
  readonly callGone: boolean;
  /** Rooms as they were observed (an empty list, `failed`), or as they are documented. */
  readonly conferenceAnswers: 'observed' | 'documented';
}

/** How a fake Vobiz behaves. */
export interface VobizBehaviour
  extends
    VobizCallBehaviour,
    VobizFormatBehaviour,
    VobizMessageBehaviour,
    VobizSocketBehaviour,
    VobizPlaybackBehaviour,
    VobizWebhookBehaviour,
    VobizRestBehaviour {}

/** What a fake Vobiz does of its own accord. */
export const VOBIZ_BEHAVIOUR: VobizBehaviour = {
  ringMs: 1_000,
  callOutcome: 'answer',
  dialOutcome: 'answer',
  calleeHangsUpMs: 0,
  patienceMs: 800,
  invalidAnswerMs: 1_000,

  startShape: 'nested',
  mediaShape: 'current',
  mediaTimestamps: 'text',
  mediaTrack: 'known',
  extraHeadersShape: 'empty',
  dtmfShape: 'nested',
  sequenceFrom: 0,
  frameMs: 20,
  byteOrder: 'le',

  start: 'once',
  mediaBeforeStart: 0,
  seed: 1,
  loseShare: 0,
  gapEvery: 0,
  repeatEvery: 0,
  swapEvery: 0,
  badPayloadEvery: 0,
  badPayload: 'base64',
  strangeEvery: 0,
  strange: 'event',
  sendStop: false,
  stopVariant: 'once',

  connectDelayMs: 50,
  dropEveryMs: 0,
  dropAfterMessages: [],
  reconnects: true,
  reconnectMs: 500,
  stallAfterMs: 0,
  closeCode: 1000,

  playbackQueueMs: 60_000,
  playedOnOutbound: true,
  losePlayed: 0,
  swapPlayed: false,
  clearedDelayMs: 0,
  loseCleared: false,

  retryPauseMs: 500,
  webhookMethod: 'POST',
  numberFormat: 'plain',
  signature: 'none',
  replayNonce: false,
  loseEvents: [],
  doubleEvents: [],
  webhookDelayMs: 0,
  reorderMs: 0,
  hangupTo: 'hangup-url',
  hangupOrder: 'after-close',

  placedScript: 'renewal',
  ownNumbers: ['+918000000001'],
  restDelayMs: 0,
  restRateLimited: 0,
  restStatus: 0,
  restErrorInside: false,
  restDrop: 'never',
  callGone: false,
  conferenceAnswers: 'observed',
};

/** The values of the dials that have few. */
export const VOBIZ_CHOICES = {
  callOutcome: ['answer', 'busy', 'no-answer', 'failed'],
  dialOutcome: ['answer', 'busy', 'no-answer', 'failed'],
  startShape: ['nested', 'flat', 'hybrid', 'rate-as-text'],
  mediaShape: ['current', 'older'],
  mediaTimestamps: ['text', 'number', 'missing'],
  mediaTrack: ['known', 'missing', 'unknown'],
  extraHeadersShape: ['empty', 'json', 'pairs', 'object', 'missing'],
  dtmfShape: ['nested', 'flat', 'number'],
  frameMs: [20, 40, 60],
  byteOrder: ['le', 'be'],
  start: ['once', 'never', 'twice', 'twice-other-id'],
  badPayload: ['base64', 'empty', 'odd', 'number', 'missing'],
  strange: ['event', 'error', 'json', 'array', 'binary', 'other-stream'],
  stopVariant: ['once', 'twice', 'other-id', 'then-media'],
  webhookMethod: ['POST', 'GET'],
  numberFormat: ['plain', 'plus', 'national'],
  signature: ['none', 'v2', 'v3', 'both', 'wrong', 'ma-v3'],
  hangupTo: ['hangup-url', 'answer-url'],
  hangupOrder: ['after-close', 'before-close'],
  restDrop: ['never', 'before', 'after'],
  conferenceAnswers: ['observed', 'documented'],
} as const satisfies { readonly [Dial in keyof VobizBehaviour]?: readonly VobizBehaviour[Dial][] };

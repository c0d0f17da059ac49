// The behaviour options of the simulated Vobiz. Undocumented properties of the real one are options with the best
// guess as the default, and so are its observed and possible faults. The README lists all options; a test compares the
// two.

import type { ClockBehaviour } from '../call/clock-step.ts';

/** The lifecycle of a call. */
interface VobizCallBehaviour {
  /** How long a callee rings, of a `<Dial>` and of a call that REST places. */
  readonly ringMs: number;
  /** The response of the callee of a call that REST places. */
  readonly callOutcome: 'answer' | 'busy' | 'no-answer' | 'failed';
  /** The response of the callee of a `<Dial>`. */
  readonly dialOutcome: 'answer' | 'busy' | 'no-answer' | 'failed';
  /** How long after answering the callee of a `<Dial>` hangs up; 0: the caller hangs up. */
  readonly calleeHangsUpMs: number;
  /** The caller hangs up after this silence, once the script has ended. */
  readonly patienceMs: number;
  /** How long a call lasts after an invalid answer. */
  readonly invalidAnswerMs: number;
}

/** The format of stream messages. */
export interface VobizFormatBehaviour {
  /** The format of `start`. */
  readonly startShape: 'nested' | 'flat' | 'hybrid' | 'rate-as-text';
  /** The format of `media`: the documented one, or that of an older page. */
  readonly mediaShape: 'current' | 'older';
  readonly mediaTimestamps: 'text' | 'number' | 'missing';
  readonly mediaTrack: 'known' | 'missing' | 'unknown';
  readonly extraHeadersShape: 'empty' | 'json' | 'pairs' | 'object' | 'missing';
  readonly dtmfShape: 'nested' | 'flat' | 'number';
  /** The sequence number of `start`. */
  readonly sequenceFrom: number;
  /** The duration of the audio in a `media` message. */
  readonly frameMs: 20 | 40 | 60;
  /** The byte order of L16, in both directions. */
  readonly byteOrder: 'le' | 'be';
}

/** The seed of random losses and delays; the same seed gives the same ones. */
interface VobizSeedBehaviour {
  readonly seed: number;
}

/** Faults of stream messages. "Every n" counts `media` messages; 0: never. */
export interface VobizMessageBehaviour extends VobizSeedBehaviour {
  readonly start: 'once' | 'never' | 'twice' | 'twice-other-id';
  /** How many `media` messages are sent before `start`. */
  readonly mediaBeforeStart: number;
  /** The share of `media` messages that are lost, 0 to 1. */
  readonly loseShare: number;
  /** Every n, five consecutive chunks are lost. */
  readonly gapEvery: number;
  /** Every n, a chunk is sent twice. */
  readonly repeatEvery: number;
  /** Every n, a chunk is sent after the following one. */
  readonly swapEvery: number;
  /** Every n, a payload is invalid, as `badPayload` says. */
  readonly badPayloadEvery: number;
  readonly badPayload: 'base64' | 'empty' | 'odd' | 'number' | 'missing';
  /** Every n, an additional message is sent, as `strange` says. */
  readonly strangeEvery: number;
  readonly strange: 'event' | 'error' | 'json' | 'array' | 'binary' | 'other-stream';
  /** Whether a stream sends the older `stop` before it closes. */
  readonly sendStop: boolean;
  readonly stopVariant: 'once' | 'twice' | 'other-id' | 'then-media';
}

/** Connecting, failing and closing of streams. */
interface VobizSocketBehaviour {
  /** The delay from the XML to the connection of a stream. */
  readonly connectDelayMs: number;
  /** How long each connection lasts before it breaks; 0: unlimited. */
  readonly dropEveryMs: number;
  /** After how many messages each connection breaks, in the order of the connections. */
  readonly dropAfterMessages: readonly number[];
  /** Whether a lost stream reconnects; if false, its element's retries are ignored. */
  readonly reconnects: boolean;
  readonly reconnectMs: number;
  /** How long after opening the socket is not read any more; 0: it is always read. */
  readonly stallAfterMs: number;
  /** The close code; 1005: without a code, 1006: without a closing handshake. */
  readonly closeCode: number;
}

/** Late delivery of the messages of a stream. Nothing is lost. */
export interface VobizDeliveryBehaviour {
  /** After how much audio of each connection its messages are held up. */
  readonly holdAfterMs: number;
  /** How long they are held up, and then delivered at once. */
  readonly holdMs: number;
  /** The duration of the audio that is delivered at once, all the time; 0: each message on its own. */
  readonly clumpMs: number;
}

/** Playback of the audio that a stream receives. */
interface VobizPlaybackBehaviour {
  /** How much audio can be queued; the excess is dropped. */
  readonly playbackQueueMs: number;
  /** Whether this audio is on the `outbound` track of the leg's other streams. */
  readonly playedOnOutbound: boolean;
  /** How many `playedStream` messages of a stream are lost, starting with the first. */
  readonly losePlayed: number;
  /** Whether each `playedStream` is sent after the following one. */
  readonly swapPlayed: boolean;
  readonly clearedDelayMs: number;
  readonly loseCleared: boolean;
}

/** The delivery of webhooks. */
export interface VobizWebhookBehaviour extends VobizSeedBehaviour {
  /** The pause before the first retry; it doubles with each further one. */
  readonly retryPauseMs: number;
  /** GET overrides the method of an element or request. */
  readonly webhookMethod: 'POST' | 'GET';
  readonly numberFormat: 'plain' | 'plus' | 'national';
  readonly signature: 'none' | 'v2' | 'v3' | 'both' | 'wrong' | 'ma-v3';
  /** Whether all signatures of a call have the same nonce. */
  readonly replayNonce: boolean;
  /** The events that are not sent. */
  readonly loseEvents: readonly string[];
  /** The events that are sent twice. */
  readonly doubleEvents: readonly string[];
  /** The delay of notifications. */
  readonly webhookDelayMs: number;
  /** An additional random delay up to this, which reorders notifications. */
  readonly reorderMs: number;
  readonly hangupTo: 'hangup-url' | 'answer-url';
  /** Whether the streams are closed before or after the hangup webhook. */
  readonly hangupOrder: 'after-close' | 'before-close';
}

/** REST. All options except `callGone` apply to the cloud, not to one call. */
export interface VobizRestBehaviour {
  /** The script of calls that are placed over REST. */
  readonly placedScript: string;
  /** The numbers from which calls can be placed. */
  readonly ownNumbers: readonly string[];
  /** The delay of each response. */
  readonly restDelayMs: number;
  /** How many requests are rejected with 429, from when it was set. */
  readonly restRateLimited: number;
  /** The status of every response, without executing the request; 0: the correct one. */
  readonly restStatus: number;
  /** Whether requests are not executed and answered with 200 and an error in the body. */
  readonly restErrorInside: boolean;
  /** Whether the connection breaks, before or after the request is executed. */
  readonly restDrop: 'never' | 'before' | 'after';
  /** Whether the caller hangs up just before a command is executed. */
  readonly callGone: boolean;
  /** Responses about rooms: as observed (an empty list, `failed`), or as documented. */
  readonly conferenceAnswers: 'observed' | 'documented';
  /** Which paths of live calls work: those that end in a slash, those without it, or both. */
  readonly liveRoutes: 'slash' | 'plain' | 'both';
  /** The currency that lists of past calls name. The amounts are in rupees. */
  readonly listCurrency: 'USD' | 'INR';
  /** How long after its end the record of a call is available. */
  readonly recordDelayMs: number;
}

/** The behaviour of the simulated Vobiz. */
export interface VobizBehaviour
  extends
    VobizCallBehaviour,
    VobizFormatBehaviour,
    VobizMessageBehaviour,
    VobizSocketBehaviour,
    VobizDeliveryBehaviour,
    ClockBehaviour,
    VobizPlaybackBehaviour,
    VobizWebhookBehaviour,
    VobizRestBehaviour {}

/** The default behaviour. */
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

  holdAfterMs: 0,
  holdMs: 0,
  clumpMs: 0,

  clockStepAfterMs: 0,
  clockStepMs: 0,

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
  liveRoutes: 'slash',
  listCurrency: 'USD',
  recordDelayMs: 120,
};

/** The values of options with a fixed set of values. */
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
  liveRoutes: ['slash', 'plain', 'both'],
  listCurrency: ['USD', 'INR'],
} as const satisfies { readonly [Dial in keyof VobizBehaviour]?: readonly VobizBehaviour[Dial][] };

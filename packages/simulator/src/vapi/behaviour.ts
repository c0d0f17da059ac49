// The behaviour options of the simulated Vapi. Undocumented properties of the real one are options with the best guess
// as the default, and so are its observed and possible faults. The README lists all options; a test compares the two.

import type { ClockBehaviour } from '../call/clock-step.ts';

/** The lifecycle of a call. */
interface LifecycleBehaviour {
  /** How long a call stays queued. */
  readonly queuedMs: number;
  /** How long a call rings. */
  readonly ringingMs: number;
  /** The ended reason of an unanswered call; empty: the call is answered. */
  readonly unansweredReason: string;
  /** The time from the hangup to the status `ended`. */
  readonly endedDelayMs: number;
  /** The time from the hangup to the report. */
  readonly reportDelayMs: number;
  /** The maximum duration of a call. */
  readonly maxDurationMs: number;
  /** The customer hangs up after this silence, once the script has ended. */
  readonly patienceMs: number;
  /** The ended reason after `end-call`. */
  readonly endCallReason: string;
  /** Whether an assistant is requested from the server URL before the call is answered. */
  readonly assistantRequest: boolean;
  /** Whether the assistant is a GPT-Live assistant: other controls, no listen socket. */
  readonly gptLive: boolean;
}

/** The `monitorPlan` of a call. */
interface MonitorBehaviour {
  readonly listenEnabled: boolean;
  readonly controlEnabled: boolean;
  /** Whether listening requires the public key. */
  readonly listenAuthenticationEnabled: boolean;
  /** Whether the control URL requires the public key. */
  readonly controlAuthenticationEnabled: boolean;
}

/** The delivery of messages to the server URL. */
interface DeliveryBehaviour {
  /** The seed of random losses and delays; the same seed gives the same ones. */
  readonly seed: number;
  /** The types that are sent; `default`: those of Vapi's default list, without transcripts; empty: all. */
  readonly serverMessages: readonly string[];
  /** How many additional times each message is delivered. */
  readonly duplicates: number;
  /** The types that are never delivered, optionally with a status: `hang`, `status-update ended`. */
  readonly loseTypes: readonly string[];
  /** The share of messages that are never delivered, 0 to 1. */
  readonly loseShare: number;
  /** The maximum random delay of each delivery, which reorders messages. */
  readonly reorderMs: number;
  /** The timeout of the server URL. `assistant-request` has its own. */
  readonly webhookTimeoutMs: number;
  /** The backoff plan. */
  readonly maxRetries: number;
  readonly retryType: 'fixed' | 'exponential';
  readonly retryBaseMs: number;
  readonly retryExcludedStatusCodes: readonly number[];
  readonly sendEnded: boolean;
  readonly sendReport: boolean;
  /** How long before its `stopped` the final of the customer is sent; 0: after it. */
  readonly finalBeforeStoppedMs: number;
}

/** The format of messages. */
interface FormatBehaviour {
  readonly envelope: 'wrapped' | 'bare';
  readonly timestamps: 'ms' | 'iso' | 'missing';
  readonly embeddedCall: 'full' | 'id' | 'missing';
  readonly embeddedStatus: 'stale' | 'current';
  /** Whether the type of final transcripts is the name of the setting. */
  readonly literalFinalType: boolean;
  readonly conversationShape: 'all' | 'schema' | 'conversation';
  readonly durationUnit: 'ms' | 'seconds';
  /** Whether the messages of a report contain all assistants; otherwise those of the last one. */
  readonly fullMessageHistory: boolean;
  /** Whether optional fields are sent as null. */
  readonly nullFields: boolean;
  /** A message of an unknown type follows every n messages; 0: never. */
  readonly unknownEvery: number;
  /** The padding in messages of `hugeTypes`. */
  readonly hugeBytes: number;
  readonly hugeTypes: readonly string[];
  /** Whether the report has an empty summary and an empty analysis. */
  readonly emptyAnalysis: boolean;
  /** How long after the end costs are 0 and REST shows no analysis and no messages. */
  readonly costSettleMs: number;
}

/** The control URL. */
interface ControlBehaviour {
  /** The status of an accepted command. */
  readonly controlStatus: number;
  /** The delay of the response. */
  readonly controlHangMs: number;
  /** Whether a command with a delayed response is executed. */
  readonly controlHangExecutes: boolean;
  /** How many commands of a call fail with `controlFailureStatus`. */
  readonly controlFailures: number;
  readonly controlFailureStatus: number;
  /** Whether a command that fails with `controlFailureStatus` is executed. */
  readonly controlFailureExecutes: boolean;
  /** The target of a 302; empty: no redirect. */
  readonly controlRedirect: string;
  /** Whether the connection breaks, before or after the command is executed. */
  readonly controlDrop: 'never' | 'before' | 'after';
  /** Whether `say` is accepted but never spoken. */
  readonly sayUnspoken: boolean;
  /** The minimum delay of an accepted `say`. */
  readonly sayDelayMs: number;
  /** How long a call has the status `forwarding`. */
  readonly forwardingMs: number;
  /** What the target of a warm transfer does. */
  readonly operator: 'answers' | 'does-not-answer';
}

/** The listen socket. */
interface ListenBehaviour {
  readonly listenFormat:
    's16le-16000-stereo' | 's16le-16000-mono' | 's16le-8000-stereo' | 's16le-8000-mono' | 'mulaw-8000-mono';
  /** Whether the assistant is the first channel. */
  readonly listenSwapped: boolean;
  /** Whether the first text frame describes the format. */
  readonly listenHint: boolean;
  readonly listenText: 'bare' | 'enveloped' | 'off';
  /** Whether frames end at any byte, even within a sample. */
  readonly listenCutFrames: boolean;
  /** How long after opening a socket breaks; 0: never. */
  readonly listenDropAfterMs: number;
  /** How many sockets of a call break. */
  readonly listenDrops: number;
  /** How many handshakes are rejected although the call is in progress. */
  readonly listenRefusals: number;
  /** Whether handshakes get no response. */
  readonly listenHang: boolean;
  /** The close code at the end of the call; 1005: without a code, 1006: without a closing handshake. */
  readonly listenCloseCode: number;
}

/** REST. These options apply to the cloud, not to one call. */
interface RestBehaviour {
  /** The script of calls that are placed over REST. */
  readonly placedScript: string;
  readonly listShape: 'array' | 'paginated';
  /** How many requests are accepted before REST rejects all for `restLockoutMs`; 0: no limit. */
  readonly restBurst: number;
  readonly restLockoutMs: number;
  /** Whether a 429 has a `retry-after` header. */
  readonly restRetryAfter: boolean;
  /** How many requests fail with 503 first. */
  readonly restFailures: number;
  /** Prefixes of user agents that are rejected; a request without a user agent is always rejected. */
  readonly refusedAgents: readonly string[];
  /** How many calls that were placed over REST can be live. */
  readonly concurrencyLimit: number;
  /** Whether the response that creates a transport call contains the monitor URLs. */
  readonly monitorOnTransportCreate: boolean;
}

/** A call over the transport socket. */
interface TransportBehaviour {
  /** How long the call waits for a client. */
  readonly transportJoinMs: number;
  /** The maximum silence of both parties. */
  readonly silenceTimeoutMs: number;
  /** The maximum time without received audio. */
  readonly customerAudioTimeoutMs: number;
  /** The root mean square above which a frame counts as speech. */
  readonly speechRms: number;
  /** The silence that ends a customer's turn. */
  readonly endpointingMs: number;
  /** How much of the assistant's audio is sent at once; 0: real time. */
  readonly downlinkBurstMs: number;
  /** Whether silence is sent while the assistant does not speak. */
  readonly downlinkSilence: boolean;
}

/** The behaviour of the simulated Vapi. */
export interface VapiBehaviour
  extends
    LifecycleBehaviour,
    MonitorBehaviour,
    DeliveryBehaviour,
    ClockBehaviour,
    FormatBehaviour,
    ControlBehaviour,
    ListenBehaviour,
    RestBehaviour,
    TransportBehaviour {}

/** The default behaviour; the delays were measured on live calls. */
export const VAPI_BEHAVIOUR: VapiBehaviour = {
  queuedMs: 200,
  ringingMs: 800,
  unansweredReason: '',
  endedDelayMs: 1_600,
  reportDelayMs: 2_900,
  maxDurationMs: 600_000,
  patienceMs: 800,
  endCallReason: 'manually-canceled',
  assistantRequest: false,
  gptLive: false,

  listenEnabled: true,
  controlEnabled: true,
  listenAuthenticationEnabled: false,
  controlAuthenticationEnabled: false,

  seed: 1,
  serverMessages: [],
  duplicates: 0,
  loseTypes: [],
  loseShare: 0,
  reorderMs: 0,
  webhookTimeoutMs: 20_000,
  maxRetries: 0,
  retryType: 'fixed',
  retryBaseMs: 1_000,
  retryExcludedStatusCodes: [],
  sendEnded: true,
  sendReport: true,
  finalBeforeStoppedMs: 0,

  clockStepAfterMs: 0,
  clockStepMs: 0,

  envelope: 'wrapped',
  timestamps: 'ms',
  embeddedCall: 'full',
  embeddedStatus: 'stale',
  literalFinalType: false,
  conversationShape: 'all',
  durationUnit: 'ms',
  fullMessageHistory: false,
  nullFields: false,
  unknownEvery: 0,
  hugeBytes: 0,
  hugeTypes: ['end-of-call-report'],
  emptyAnalysis: false,
  costSettleMs: 0,

  controlStatus: 200,
  controlHangMs: 0,
  controlHangExecutes: true,
  controlFailures: 0,
  controlFailureStatus: 503,
  controlFailureExecutes: false,
  controlRedirect: '',
  controlDrop: 'never',
  sayUnspoken: false,
  sayDelayMs: 0,
  forwardingMs: 300,
  operator: 'answers',

  listenFormat: 's16le-16000-stereo',
  listenSwapped: false,
  listenHint: false,
  listenText: 'bare',
  listenCutFrames: false,
  listenDropAfterMs: 0,
  listenDrops: 1,
  listenRefusals: 0,
  listenHang: false,
  listenCloseCode: 1000,

  placedScript: 'renewal',
  listShape: 'array',
  restBurst: 0,
  restLockoutMs: 21_000,
  restRetryAfter: true,
  restFailures: 0,
  refusedAgents: [],
  concurrencyLimit: 10,
  monitorOnTransportCreate: false,

  transportJoinMs: 60_000,
  silenceTimeoutMs: 30_000,
  customerAudioTimeoutMs: 20_000,
  speechRms: 300,
  endpointingMs: 500,
  downlinkBurstMs: 0,
  downlinkSilence: true,
};

/** The values of options with a fixed set of values. */
export const VAPI_CHOICES = {
  retryType: ['fixed', 'exponential'],
  envelope: ['wrapped', 'bare'],
  timestamps: ['ms', 'iso', 'missing'],
  embeddedCall: ['full', 'id', 'missing'],
  embeddedStatus: ['stale', 'current'],
  conversationShape: ['all', 'schema', 'conversation'],
  durationUnit: ['ms', 'seconds'],
  controlDrop: ['never', 'before', 'after'],
  operator: ['answers', 'does-not-answer'],
  listenFormat: [
    's16le-16000-stereo',
    's16le-16000-mono',
    's16le-8000-stereo',
    's16le-8000-mono',
    'mulaw-8000-mono',
  ],
  listenText: ['bare', 'enveloped', 'off'],
  listShape: ['array', 'paginated'],
} as const satisfies { readonly [Dial in keyof VapiBehaviour]?: readonly VapiBehaviour[Dial][] };

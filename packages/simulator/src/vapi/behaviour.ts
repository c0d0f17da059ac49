// The dials of the fake Vapi. What nobody knows for certain about the real one is a dial with the best guess as
// its default, and so is every way in which it has been seen, or is feared, to misbehave. The package's README
// has the same list with a line about each; a test compares the two.

/** How a call lives and ends. */
export interface LifecycleBehaviour {
  /** How long a call stays queued. */
  readonly queuedMs: number;
  /** How long a call rings. */
  readonly ringingMs: number;
  /** The ended reason of a call that nobody answers; empty: it is answered. */
  readonly unansweredReason: string;
  /** How long after the hang-up the call counts as ended. */
  readonly endedDelayMs: number;
  /** How long after the hang-up the report is sent. */
  readonly reportDelayMs: number;
  /** The longest that a call may last. */
  readonly maxDurationMs: number;
  /** The ended reason after `end-call`. */
  readonly endCallReason: string;
  /** Whether a call asks the server URL for its assistant before it is answered. */
  readonly assistantRequest: boolean;
}

/** Who may watch and steer a call: its `monitorPlan`. */
export interface MonitorBehaviour {
  readonly listenEnabled: boolean;
  readonly controlEnabled: boolean;
  /** Whether listening needs the public key. */
  readonly listenAuthenticationEnabled: boolean;
  /** Whether the control URL needs the public key. */
  readonly controlAuthenticationEnabled: boolean;
}

/** How messages reach the server URL, or do not. */
export interface DeliveryBehaviour {
  /** What chance follows: the same seed loses and delays alike. */
  readonly seed: number;
  /** The types that are sent; none named: all of them. */
  readonly serverMessages: readonly string[];
  /** How often each message is delivered once more. */
  readonly duplicates: number;
  /** What is never delivered: `hang`, or with its status `status-update ended`. */
  readonly loseTypes: readonly string[];
  /** Which share of the messages is never delivered, from 0 to 1. */
  readonly loseShare: number;
  /** Each delivery is held back by up to this long, so that they overtake each other. */
  readonly reorderMs: number;
  /** How long the server URL may take. `assistant-request` has a limit of its own. */
  readonly webhookTimeoutMs: number;
  /** The backoff plan. */
  readonly maxRetries: number;
  readonly retryType: 'fixed' | 'exponential';
  readonly retryBaseMs: number;
  readonly retryExcludedStatusCodes: readonly number[];
  readonly sendEnded: boolean;
  readonly sendReport: boolean;
}

/** What messages look like. */
export interface FormatBehaviour {
  readonly envelope: 'wrapped' | 'bare';
  readonly timestamps: 'ms' | 'iso' | 'missing';
  readonly embeddedCall: 'full' | 'id' | 'missing';
  readonly embeddedStatus: 'stale' | 'current';
  /** Whether final transcripts have the setting's name as their type. */
  readonly literalFinalType: boolean;
  readonly conversationShape: 'all' | 'schema' | 'conversation';
  readonly durationUnit: 'ms' | 'seconds';
  /** Whether optional fields are there as nulls. */
  readonly nullFields: boolean;
  /** After so many messages one of an unknown type follows; 0: never. */
  readonly unknownEvery: number;
  /** How much padding the messages of `hugeTypes` carry. */
  readonly hugeBytes: number;
  readonly hugeTypes: readonly string[];
  /** Whether the report has an empty summary and an empty analysis. */
  readonly emptyAnalysis: boolean;
  /** How long after the end costs are 0, and REST knows no analysis and no messages. */
  readonly costSettleMs: number;
}

/** How the control URL behaves. */
export interface ControlBehaviour {
  /** The status of an accepted command. */
  readonly controlStatus: number;
  /** How long an answer is held back. */
  readonly controlHangMs: number;
  /** Whether a command whose answer is held back is executed. */
  readonly controlHangExecutes: boolean;
  /** How many commands of a call are answered with `controlFailureStatus` and not executed. */
  readonly controlFailures: number;
  readonly controlFailureStatus: number;
  /** Where a 302 leads; empty: there is none. */
  readonly controlRedirect: string;
  /** Whether the connection breaks, before or after the command is executed. */
  readonly controlDrop: 'never' | 'before' | 'after';
  /** Whether `say` is accepted and never spoken. */
  readonly sayUnspoken: boolean;
  /** How long an accepted `say` waits at least. */
  readonly sayDelayMs: number;
  /** How long a call is forwarding before it leaves. */
  readonly forwardingMs: number;
  /** What the one does to whom a warm transfer goes. */
  readonly operator: 'answers' | 'does-not-answer';
}

/** How the listen socket behaves. */
export interface ListenBehaviour {
  readonly listenFormat:
    's16le-16000-stereo' | 's16le-16000-mono' | 's16le-8000-stereo' | 's16le-8000-mono' | 'mulaw-8000-mono';
  /** Whether the assistant is the first channel. */
  readonly listenSwapped: boolean;
  /** Whether the first text frame tells the format. */
  readonly listenHint: boolean;
  readonly listenText: 'bare' | 'enveloped' | 'off';
  /** Whether frames end anywhere, also in the middle of a sample. */
  readonly listenCutFrames: boolean;
  /** How long after it was opened a socket breaks; 0: it does not. */
  readonly listenDropAfterMs: number;
  /** How many sockets of a call break. */
  readonly listenDrops: number;
  /** How many handshakes are refused although the call is in progress. */
  readonly listenRefusals: number;
  /** Whether handshakes get no answer at all. */
  readonly listenHang: boolean;
  /** How sockets are closed when the call ends; 1005: without a code, 1006: without a closing handshake. */
  readonly listenCloseCode: number;
}

/** How REST behaves. These work for the cloud, not for one call. */
export interface RestBehaviour {
  /** The script of calls that are placed over REST. */
  readonly placedScript: string;
  readonly listShape: 'array' | 'paginated';
  /** How many requests are answered before REST turns away for `restLockoutMs`; 0: any number. */
  readonly restBurst: number;
  readonly restLockoutMs: number;
  /** Whether a 429 says when to come again. */
  readonly restRetryAfter: boolean;
  /** How many requests are answered with 503 first. */
  readonly restFailures: number;
  /** Beginnings of user agents that the CDN turns away, beside having none. */
  readonly refusedAgents: readonly string[];
  /** How many calls that were placed over REST may live at a time. */
  readonly concurrencyLimit: number;
  /** Whether the answer that creates a transport call names the monitor URLs. */
  readonly monitorOnTransportCreate: boolean;
}

/** How a call over the transport socket behaves. */
export interface TransportBehaviour {
  /** How long nobody may connect. */
  readonly transportJoinMs: number;
  /** How long nobody may speak. */
  readonly silenceTimeoutMs: number;
  /** How long no audio may come. */
  readonly customerAudioTimeoutMs: number;
  /** How loud speech is: the root mean square of a frame. */
  readonly speechRms: number;
  /** How long a silence ends a customer's turn. */
  readonly endpointingMs: number;
  /** How much of the assistant's voice is sent at once; 0: in real time. */
  readonly downlinkBurstMs: number;
  /** Whether silence is sent while the assistant does not speak. */
  readonly downlinkSilence: boolean;
}

/** How a fake Vapi behaves. */
export interface VapiBehaviour
  extends
    LifecycleBehaviour,
    MonitorBehaviour,
    DeliveryBehaviour,
    FormatBehaviour,
    ControlBehaviour,
    ListenBehaviour,
    RestBehaviour,
    TransportBehaviour {}

/** What a fake Vapi does of its own accord; the delays were measured on live calls. */
export const VAPI_BEHAVIOUR: VapiBehaviour = {
  queuedMs: 200,
  ringingMs: 800,
  unansweredReason: '',
  endedDelayMs: 1_600,
  reportDelayMs: 2_900,
  maxDurationMs: 600_000,
  endCallReason: 'manually-canceled',
  assistantRequest: false,

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

  envelope: 'wrapped',
  timestamps: 'ms',
  embeddedCall: 'full',
  embeddedStatus: 'stale',
  literalFinalType: false,
  conversationShape: 'all',
  durationUnit: 'ms',
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

/** The values of the dials that have few. */
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

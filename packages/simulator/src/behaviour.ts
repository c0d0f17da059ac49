// The dials of the fake clouds: what they do when nobody asks for anything else, and how a call can be told to
// behave otherwise. Each dial does something today; misbehaviour is added here, one dial at a time.

/** How a fake Vapi call behaves. */
export interface VapiBehaviour {
  /** How long a call stays queued. */
  readonly queuedMs: number;
  /** How long a call rings. */
  readonly ringingMs: number;
  /** How long after the hang-up the call counts as ended. */
  readonly endedDelayMs: number;
  /** How long after the hang-up the report is sent. */
  readonly reportDelayMs: number;
  /** The longest that a call may last. */
  readonly maxDurationMs: number;
}

/** How a fake Vobiz call behaves. */
export interface VobizBehaviour {
  /** How a stream introduces itself: as documented today, or as an older page showed it. */
  readonly startShape: 'nested' | 'flat';
  /** How a stream carries audio: as documented today, or as an older page showed it. */
  readonly mediaShape: 'current' | 'older';
  /** Whether a stream says the older `stop` before it closes. */
  readonly sendStop: boolean;
  /** How long the callee of a `<Dial>` rings. */
  readonly ringMs: number;
  /** How long after the XML was fetched a stream's socket is dialled. */
  readonly connectDelayMs: number;
  /** How long a call lasts whose answer was not valid XML. */
  readonly invalidAnswerMs: number;
  /** The pause before the first retry of a webhook; each further one is twice as long. */
  readonly retryPauseMs: number;
}

/** What a fake Vapi does of its own accord; the delays were measured on live calls. */
export const VAPI_BEHAVIOUR: VapiBehaviour = {
  queuedMs: 200,
  ringingMs: 800,
  endedDelayMs: 1_600,
  reportDelayMs: 2_900,
  maxDurationMs: 600_000,
};

/** What a fake Vobiz does of its own accord. */
export const VOBIZ_BEHAVIOUR: VobizBehaviour = {
  startShape: 'nested',
  mediaShape: 'current',
  sendStop: false,
  ringMs: 1_000,
  connectDelayMs: 50,
  invalidAnswerMs: 1_000,
  retryPauseMs: 500,
};

const CHOICES: Readonly<Record<string, readonly string[]>> = {
  startShape: ['nested', 'flat'],
  mediaShape: ['current', 'older'],
};

/**
 * Some dials over a set of them. Throws a sentence when a dial does not exist or cannot stand where it is put.
 */
export function withDials<Behaviour extends object>(behaviour: Behaviour, dials: object): Behaviour {
  for (const [name, value] of Object.entries(dials)) {
    const known: unknown = Object.entries(behaviour).find(([dial]) => dial === name)?.[1];
    if (known === undefined) throw new RangeError(`behaviour.${name} does not exist`);
    if (typeof value !== typeof known) throw new RangeError(`behaviour.${name} must be a ${typeof known}`);
    const choices = CHOICES[name];
    if (choices !== undefined && !choices.includes(String(value))) {
      throw new RangeError(`behaviour.${name} must be one of ${choices.join(', ')}`);
    }
    if (typeof value === 'number' && !(value >= 0 && value < 86_400_000)) {
      throw new RangeError(`behaviour.${name} must be from 0 to a day`);
    }
  }
  return { ...behaviour, ...dials };
}

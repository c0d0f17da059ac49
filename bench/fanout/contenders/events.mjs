/** The events that all contenders publish, and their schema: the part of Sidetone's that the benchmark selects. */

export const TOPIC = 'events';
export const LEVELS_TOPIC = 'levels';
export const LEVELS_INTERVAL_MS = 100;
export const CALLS = 10;

export const typeDefs = /* GraphQL */ `
  type Query {
    latestCursor: String
  }
  type Subscription {
    callEvents(types: [CallEventType!]): CallEvent!
    audioLevels(intervalMs: Int): AudioLevels!
  }
  type AudioLevels {
    at: String!
    levels: [CallLevels!]!
  }
  type CallLevels {
    callId: ID!
    parties: [PartyLevel!]!
  }
  type PartyLevel {
    party: Party!
    rmsDb: Float!
    peakDb: Float!
    speaking: Boolean!
  }
  enum CallEventType {
    UTTERANCE_FINALIZED
  }
  enum CallStatus {
    IN_PROGRESS
  }
  enum Party {
    CUSTOMER
    ASSISTANT
  }
  interface CallEvent {
    cursor: String!
    type: CallEventType!
    at: String!
    call: Call!
  }
  type UtteranceFinalized implements CallEvent {
    cursor: String!
    type: CallEventType!
    at: String!
    call: Call!
    utterance: Utterance!
  }
  type Call {
    id: ID!
    status: CallStatus!
  }
  type Utterance {
    id: ID!
    party: Party!
    text: String!
    startMs: Int
    endMs: Int
  }
`;

/** About as large as an event of Sidetone. */
export const eventOf = (number) => ({
  __typename: 'UtteranceFinalized',
  cursor: `c1.${String(number).padStart(40, '0')}`,
  type: 'UTTERANCE_FINALIZED',
  at: new Date(1_700_000_000_000 + number).toISOString(),
  call: { id: 'call_0123456789abcdefghij', status: 'IN_PROGRESS' },
  utterance: {
    id: `utterance_${String(number).padStart(16, '0')}`,
    party: 'CUSTOMER',
    text: `I would like to know whether my order number ${number} has left the warehouse yet.`,
    startMs: number * 10,
    endMs: number * 10 + 2400,
  },
});

/** The levels of all calls. */
export const levelsOf = (number) => ({
  at: new Date(1_700_000_000_000 + number * LEVELS_INTERVAL_MS).toISOString(),
  levels: Array.from({ length: CALLS }, (_, call) => ({
    callId: `call_0123456789abcdefgh${String(call).padStart(2, '0')}`,
    parties: ['CUSTOMER', 'ASSISTANT'].map((party) => ({
      party,
      rmsDb: -20 - ((number + call) % 100) / 10,
      peakDb: -12 - ((number + call) % 100) / 10,
      speaking: true,
    })),
  })),
});

/** Publishes levels at their interval for a time. */
export function playLevels(seconds, publish, done) {
  let left = (seconds * 1000) / LEVELS_INTERVAL_MS;
  let number = 0;
  const timer = setInterval(() => {
    publish(levelsOf(++number));
    if (--left > 0) return;
    clearInterval(timer);
    done();
  }, LEVELS_INTERVAL_MS);
}

/**
 * Publishes what the parent asks for: `{ events, intervalMs, perInterval }`, or `{ levelSeconds }`. Reports CPU time on
 * `cpu`, in microseconds.
 */
export function serveParent(publish, play) {
  let number = 0;
  process.on('message', (message) => {
    const done = () => process.send('published');
    if (message === 'cpu') {
      const { user, system } = process.cpuUsage();
      return void process.send(user + system);
    }
    if (message.levelSeconds !== undefined) return void play(message.levelSeconds, done);
    let left = message.events;
    const timer = setInterval(() => {
      for (let i = 0; i < message.perInterval && left > 0; i++, left--) publish(++number);
      if (left > 0) return;
      clearInterval(timer);
      done();
    }, message.intervalMs);
    return undefined;
  });
}

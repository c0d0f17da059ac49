/** The events that all contenders publish, and their schema: the part of Sidetone's that the benchmark selects. */

export const TOPIC = 'events';

export const typeDefs = /* GraphQL */ `
  type Query {
    latestCursor: String
  }
  type Subscription {
    callEvents(types: [CallEventType!]): CallEvent!
  }
  enum CallEventType {
    UTTERANCE_FINALIZED
  }
  enum CallStatus {
    IN_PROGRESS
  }
  enum Party {
    CUSTOMER
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

/** Publishes events when the parent asks for it: `{ events, intervalMs, perInterval }`. Reports CPU time on `cpu`, µs. */
export function serveParent(publish) {
  let number = 0;
  process.on('message', (message) => {
    if (message === 'cpu') {
      const { user, system } = process.cpuUsage();
      return void process.send(user + system);
    }
    let left = message.events;
    const timer = setInterval(() => {
      for (let i = 0; i < message.perInterval && left > 0; i++, left--) publish(++number);
      if (left > 0) return;
      clearInterval(timer);
      process.send('published');
    }, message.intervalMs);
    return undefined;
  });
}

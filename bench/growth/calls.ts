/** The events of simulated calls: two parties who take turns of six seconds. */

export type Event = Readonly<Record<string, unknown>>;

const TURN_MS = 6000;
const TEXTS = [
  'Good morning, this is Riverside Dental. How can I help you?',
  'Hello, I would like to move my appointment on Thursday to another day.',
  'Friday at ten or Monday at half past three are free. Which one suits you?',
  'Monday, please. And could you send me the address once more?',
];

export function startOf(id: string, at: number): Event[] {
  const details = {
    direction: 'INBOUND',
    from: `+1415555${id.slice(-4).padStart(4, '0')}`,
    to: '+14155550100',
  };
  return [
    {
      type: 'call.started',
      providerCallId: id,
      occurredAt: at,
      status: 'IN_PROGRESS',
      details: { ...details, answeredAt: at },
    },
  ];
}

export function turnsOf(id: string, at: number, turns: number): Event[] {
  return Array.from({ length: turns }, (_, turn) => ({
    type: 'utterance.final',
    providerCallId: id,
    occurredAt: at + (turn + 1) * TURN_MS,
    dedupeKey: `turn ${turn}`,
    party: turn % 2 === 0 ? 'ASSISTANT' : 'CUSTOMER',
    text: TEXTS[turn % TEXTS.length],
    startMs: turn * TURN_MS,
    endMs: turn * TURN_MS + 4500,
  }));
}

export function endOf(id: string, at: number): Event[] {
  return [
    {
      type: 'call.ended',
      providerCallId: id,
      occurredAt: at,
      end: { category: 'CUSTOMER_ENDED', code: 'hangup' },
    },
    {
      type: 'call.report',
      providerCallId: id,
      occurredAt: at + 1000,
      summary: 'The caller moved an appointment to Monday.',
      cost: { amount: 0.07, currency: 'USD' },
    },
  ];
}

/** The length of a call with this number of turns, ms. */
export const lengthOf = (turns: number): number => (turns + 1) * TURN_MS;

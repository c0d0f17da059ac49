/** Reports of past calls, as Vapi sends them: each with the whole conversation of a call that the daemon has not seen. */
import { randomUUID } from 'node:crypto';

const LINES = [
  ['bot', 'Good morning, this is Riverside Dental. How can I help you?'],
  ['user', 'Hello, I would like to move my appointment on Thursday to another day.'],
  ['bot', 'Of course. May I have your name and your date of birth?'],
  ['user', 'Marta Lindqvist, the second of May nineteen eighty four.'],
  ['bot', 'Thank you. Friday at ten or Monday at half past three are free. Which one suits you?'],
  ['user', 'Monday, please.'],
  ['bot', 'You are booked for Monday at half past three. Is there anything else?'],
  ['user', 'No, thank you very much. Goodbye.'],
] as const;

/** The webhook of a call that ended at `at`, epoch ms, after 48 s. */
export function reportOf(at: number): string {
  const id = randomUUID();
  const started = at - 48_000;
  const iso = (ms: number): string => new Date(ms).toISOString();
  const messages = LINES.map(([role, message], index) => ({
    role,
    message,
    time: started + index * 6000,
    endTime: started + index * 6000 + 4200,
    secondsFromStart: index * 6,
    duration: 4200,
  }));
  const number = `+1415555${String(Math.floor(at / 7) % 10_000).padStart(4, '0')}`;
  const call = {
    id,
    orgId: 'bench',
    createdAt: iso(started - 2000),
    updatedAt: iso(at),
    type: 'inboundPhoneCall',
  };
  return JSON.stringify({
    message: {
      timestamp: at,
      type: 'end-of-call-report',
      endedReason: 'customer-ended-call',
      startedAt: iso(started),
      endedAt: iso(at),
      cost: 0.0731,
      durationMs: 48_000,
      analysis: { summary: 'The caller moved an appointment to Monday.', successEvaluation: 'true' },
      artifact: {
        messages,
        transcript: LINES.map(([role, text]) => `${role === 'bot' ? 'AI' : 'User'}: ${text}`).join('\n'),
      },
      call: { ...call, status: 'ended', customer: { number } },
    },
  });
}

// The clock of a provider is set during a call: its timestamps jump, while audio and messages continue.

import { describe, expect, it, vi } from 'vitest';
import { createSetup } from './support/setup.ts';
import { NO_HANGUP } from './support/vobiz.ts';

vi.setConfig({ maxConcurrency: 20 });

const AFTER_MS = 400;
const STEPS_MS = [-2000, 39_600_000];
/** Larger pauses between two times are no pauses of the call. */
const PAUSE_MS = 1900;

/** Returns the jumps between consecutive times that cannot be pauses. */
const jumpsIn = (times: readonly number[]): number[] =>
  times
    .slice(1)
    .map((time, index) => time - times[index]!)
    .filter((ms) => ms > PAUSE_MS || ms < 0);

describe.concurrent('the clock of Vobiz', () => {
  it.for(STEPS_MS)('is set by %i ms, in timestamps and not in chunks', async (clockStepMs, context) => {
    const { simulator, application } = await createSetup(context);
    application.answer = () =>
      `<Response><Stream audioTrack="both">${application.wsUrl}/s</Stream><Wait length="600"/></Response>`;
    const call = simulator.startCall({ provider: 'vobiz', script: 'brief', behaviour: NO_HANGUP });
    const streamWith = (count: number) =>
      application.until('audio', () => application.streams.find(({ messages }) => messages.length >= count));
    const { length: before } = (await streamWith(20)).messages;
    simulator.vobiz.call(call.id)?.setBehaviour({ clockStepMs });
    const { messages } = await streamWith(before + 20);
    const media = messages.flatMap((message) =>
      message['event'] === 'media' ? [message['media'] as { timestamp: string; chunk: number }] : [],
    );
    expect(media.map(({ chunk }) => chunk)).toEqual(media.map((_, index) => index + 1));
    const jumps = jumpsIn(media.map(({ timestamp }) => Number(timestamp)));
    expect(jumps).toEqual([clockStepMs + 20]);
    call.hangUp();
    await call.over;
    const [hangup] = application.forms('Hangup');
    const spanMs = Date.parse(`${hangup!['EndTime']}Z`) - Date.parse(`${hangup!['StartTime']}Z`);
    expect(Math.round((spanMs - clockStepMs) / 10_000)).toBe(0);
  });
});

describe.concurrent('the clock of Vapi', () => {
  it.for(STEPS_MS)('is set by %i ms, in timestamps and in the history', async (clockStepMs, context) => {
    const { simulator, application } = await createSetup(context);
    const behaviour = { clockStepMs, clockStepAfterMs: AFTER_MS };
    await simulator.startCall({ provider: 'vapi', script: 'hello', behaviour }).over;
    const received = application.requests.flatMap(({ path, body, at }) =>
      path === '/vapi' ? [{ at, message: (JSON.parse(body) as { message: Report }).message }] : [],
    );
    const nearest = (ms: number): number => (Math.abs(ms) < Math.abs(ms - clockStepMs) ? 0 : clockStepMs);
    const offsets = received.map(({ at, message }) => nearest(message.timestamp - at));
    expect([offsets[0], offsets.at(-1)]).toEqual([0, clockStepMs]);
    expect(new Set(offsets)).toEqual(new Set([0, clockStepMs]));
    const report = received.find(({ message }) => message.type === 'end-of-call-report')!.message;
    const [first, ...spoken] = report.messages;
    for (const { time } of spoken) expect(Math.abs(time - first!.time - clockStepMs)).toBeLessThan(15_000);
    expect(report.durationMs).toBeGreaterThanOrEqual(0);
  });
});

interface Report {
  readonly type: string;
  readonly timestamp: number;
  readonly durationMs: number;
  readonly messages: readonly { readonly time: number }[];
}

describe.concurrent('the final of the customer', () => {
  it.for([20, 220])('is sent %i ms before the end of the speech', async (finalBeforeStoppedMs, context) => {
    const { simulator, application } = await createSetup(context);
    await simulator.startCall({ provider: 'vapi', script: 'hello', behaviour: { finalBeforeStoppedMs } })
      .over;
    const names = application
      .vapi()
      .filter(({ type, transcriptType }) => type === 'speech-update' || transcriptType === 'final')
      .map(({ status = 'final', role }) => [role, status].join(' '));
    expect(names).toEqual([
      'assistant started',
      'assistant stopped',
      'assistant final',
      'user started',
      'user final',
      'user stopped',
      'assistant started',
      'assistant stopped',
      'assistant final',
    ]);
  });
});

/** Audits of connections that are lost, rejected, slow or impossible. */
import { isFault } from '@sidetone/core';
import { START_MS } from '../../checks/deadlines.ts';
import { check } from '../../checks/verdict.ts';
import { LONG_FRAME_MS, type Script, type SpokenCall } from '../../speech/spoken-call.ts';
import { textOfWord, WORD_MS } from '../../speech/words.ts';
import type { TranscriberAudit } from '../audit.ts';
import { checkTranscript } from '../check-transcript.ts';
import { notAborted } from '../../fakes/not-aborted.ts';

const MINUTE_MS = 60_000;
/** The longest audio that may be buffered without a connection. */
const MAX_BUFFERED_MS = 60_000;
/** Attempts in ten minutes in which all of them fail: one every ten seconds. */
const MAX_ATTEMPTS = 60;

const lastState = (call: SpokenCall) => call.of('state').at(-1);

/** Returns one word every second. */
const wordEverySecond = (count: number): [number, number][] =>
  Array.from({ length: count }, (_, index) => [index + 1, index * 1000 + 500]);

/** They simulate a service that fails. */
export const CONNECTION_AUDITS: readonly TranscriberAudit[] = [
  {
    // Audio is written in the main loop of the daemon, which must not block.
    id: 'FB05',
    level: 'MUST',
    name: 'Audio is accepted without blocking or exceptions, with or without a connection.',
    async run(context) {
      for (const service of ['hangs', 'unreachable', 'rejects', 'silent'] as const) {
        const harness = await context.started();
        harness.service = service;
        const call = harness.open();
        await call.speak(3000).catch(() => check(false, `write threw while the service is ${service}`));
        call.transcription.write('UNKNOWN', new Uint8Array(3), call.toMs);
      }
    },
  },
  {
    // Internet connections fail, and a call cannot be repeated.
    id: '78D9',
    level: 'MUST',
    name: 'Three lost connections during a call neither lose nor duplicate words.',
    async run(context) {
      const harness = await context.started();
      const call = harness.open();
      const words = (first: number, fromMs: number) =>
        Array.from({ length: 8 }, (_, index): [number, number] => [first + index, fromMs + index * 1900]);
      const script: Script = { CUSTOMER: words(1, 700), ASSISTANT: words(21, 1100) };
      for (const untilMs of [2900, 7460, 12_200]) {
        await call.speak(untilMs - call.toMs, script);
        harness.disconnect();
      }
      await call.speak(12_000, script);
      await call.end();
      checkTranscript(call, script);
    },
  },
  {
    // Clients see why text is delayed.
    id: '3C47',
    level: 'MUST',
    name: 'The state is TRANSCRIBING while connected, and RECONNECTING after a disconnect.',
    async run(context) {
      const harness = await context.started();
      const call = harness.open();
      await call.speak(2000);
      check(lastState(call)?.state === 'TRANSCRIBING', 'the state is not TRANSCRIBING while connected');
      harness.service = 'busy';
      harness.disconnect();
      await call.speak(2000);
      check(lastState(call)?.state === 'RECONNECTING', 'the state is not RECONNECTING after a disconnect');
      harness.service = 'serves';
      await call.speak(MINUTE_MS, {}, LONG_FRAME_MS);
      check(lastState(call)?.state === 'TRANSCRIBING', 'it did not reconnect within a minute');
    },
  },
  {
    // Retries do not help. The operator has to correct the credentials.
    id: 'AC1F',
    level: 'MUST',
    name: 'Rejected credentials make the call FAILED, with a code and a message, without further attempts.',
    async run(context) {
      const harness = await context.started();
      harness.service = 'rejects';
      const call = harness.open();
      await call.speak(MINUTE_MS, {}, LONG_FRAME_MS);
      const failed = lastState(call);
      check(failed?.state === 'FAILED', 'the state is not FAILED');
      check(/^[A-Z][A-Z0-9_]*$/.test(failed.code ?? ''), 'the state has no code');
      check((failed.message ?? '').trim() !== '', 'the state has no message');
      const before = harness.host.dials.length;
      await call.speak(MINUTE_MS, {}, LONG_FRAME_MS);
      check(harness.host.dials.length === before, 'it continues to dial');
    },
  },
  {
    // A call may last for an hour, and a late transcript is better than none.
    id: '0F86',
    level: 'MUST',
    name: 'An unavailable service is retried as long as the call is live.',
    async run(context) {
      for (const service of ['busy', 'unreachable', 'hangs'] as const) {
        const harness = await context.started();
        harness.service = service;
        const call = harness.open();
        await call.speak(2 * MINUTE_MS, {}, LONG_FRAME_MS);
        harness.service = 'serves';
        await call.speak(MINUTE_MS, {}, LONG_FRAME_MS);
        check(
          lastState(call)?.state === 'TRANSCRIBING',
          `it did not connect after the service was ${service}`,
        );
      }
    },
  },
  {
    // Many calls that reconnect without a delay can overload a service.
    id: '62BE',
    level: 'SHOULD',
    name: 'An unavailable service is retried at most every ten seconds on average.',
    async run(context) {
      const harness = await context.started();
      harness.service = 'busy';
      await harness.open().speak(10 * MINUTE_MS, {}, LONG_FRAME_MS);
      const { length } = harness.host.dials;
      check(length <= MAX_ATTEMPTS, `it dialled ${length} times in ten minutes`);
    },
  },
  {
    // A reader of the transcript has to know where text is missing.
    id: 'B3A4',
    level: 'MUST',
    name: 'Audio that is not transcribed is reported as a gap.',
    async run(context) {
      const harness = await context.started();
      const call = harness.open();
      const words = wordEverySecond(185);
      await call.speak(5000, { CUSTOMER: words });
      harness.service = 'busy';
      harness.disconnect();
      await call.speak(3 * MINUTE_MS, { CUSTOMER: words }, LONG_FRAME_MS);
      harness.service = 'serves';
      await call.speak(2 * MINUTE_MS, {}, LONG_FRAME_MS);
      await call.end();
      const gaps = call.of('gap');
      check(
        gaps.every(({ fromMs, toMs, reason }) => fromMs < toMs && reason !== ''),
        'a gap has no duration or no reason',
      );
      const transcript = call.transcript()['CUSTOMER'] ?? [];
      const isInGap = (atMs: number) =>
        gaps.some(({ fromMs, toMs }) => atMs < toMs && atMs + WORD_MS > fromMs);
      const missing = words.filter(
        ([word, atMs]) => !transcript.includes(textOfWord(word)) && !isInGap(atMs),
      );
      check(missing.length === 0, `${missing.length} word(s) are neither transcribed nor in a gap`);
    },
  },
  {
    // Many calls may be waiting for a connection at the same time.
    id: '14CD',
    level: 'MUST',
    name: 'At most one minute of audio is buffered without a connection.',
    async run(context) {
      const harness = await context.started();
      harness.service = 'busy';
      const call = harness.open();
      await call.speak(3 * MINUTE_MS, { CUSTOMER: wordEverySecond(180) }, LONG_FRAME_MS);
      harness.service = 'serves';
      await call.speak(2 * MINUTE_MS, {}, LONG_FRAME_MS);
      await call.end();
      // A retry may take up to a minute, in which there is no speech.
      const seconds = call.transcript()['CUSTOMER']?.length ?? 0;
      check(seconds <= MAX_BUFFERED_MS / 1000, `${seconds} s of audio were buffered`);
    },
  },
  {
    // Otherwise the transcriber is shown as DEGRADED while it works.
    id: '8D70',
    level: 'MUST',
    name: '`health` resolves if the service responds, and rejects with a fault if it does not or rejects the credentials.',
    applies: ({ health }) => health !== undefined,
    async run(context) {
      for (const service of ['serves', 'rejects', 'unreachable'] as const) {
        const harness = await context.started();
        harness.service = service;
        const running = Promise.resolve(harness.transcriber.health?.(notAborted()));
        const outcome = await harness.outcome(running, START_MS);
        const expected = service === 'serves' ? 'fulfilled' : 'rejected';
        check(outcome.state === expected, `health is ${outcome.state} while the service is "${service}"`);
        check(outcome.state !== 'rejected' || isFault(outcome.error), 'the error is not a FaultError');
      }
    },
  },
];

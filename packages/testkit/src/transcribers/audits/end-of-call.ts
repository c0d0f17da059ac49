/** Audits of the end and the abort of a call. */
import { TRANSCRIPTION_END_MS } from '../../checks/deadlines.ts';
import { check } from '../../checks/verdict.ts';
import type { TranscriberAudit } from '../audit.ts';
import { checkTranscript } from '../check-transcript.ts';

const OBSERVATION_MS = 60_000;

/** They end calls with pending results, in silence and immediately. */
export const END_OF_CALL_AUDITS: readonly TranscriberAudit[] = [
  {
    // The end of a call often contains its result.
    id: '2E68',
    level: 'MUST',
    name: '`end` waits for pending results.',
    async run(context) {
      const harness = await context.started();
      const call = harness.open();
      const script = { CUSTOMER: [[1, 500]] } as const;
      await call.speak(960, script);
      await call.end();
      checkTranscript(call, script);
    },
  },
  {
    // Until then, the daemon does not treat the transcript as complete.
    id: '9B4D',
    level: 'MUST',
    name: '`end` resolves within 15 seconds, even if the service does not respond.',
    async run(context) {
      for (const service of ['silent', 'hangs', 'busy', 'rejects'] as const) {
        const harness = await context.started();
        harness.service = service;
        const call = harness.open();
        await call.speak(2000, { CUSTOMER: [[1, 500]] });
        const outcome = await harness.outcome(call.transcription.end(), TRANSCRIPTION_END_MS);
        check(outcome.state !== 'pending', `end did not settle while the service is "${service}"`);
        check(outcome.state === 'fulfilled', `end rejected while the service is "${service}"`);
      }
    },
  },
  {
    // The transcript of the call is then complete.
    id: 'E7A2',
    level: 'MUST',
    name: 'No events are emitted after `end` has resolved.',
    async run(context) {
      const harness = await context.started();
      const call = harness.open();
      await call.speak(2000, { CUSTOMER: [[1, 1500]] });
      await call.end();
      const before = call.events.length;
      await call.speak(2000, { CUSTOMER: [[2, call.toMs + 500]] });
      await call.end();
      await harness.host.clock.advance(OBSERVATION_MS);
      check(call.events.length === before, 'an event was emitted after the end');
    },
  },
  {
    // A client has stopped the transcription, or erased the call.
    id: '50C1',
    level: 'MUST',
    name: 'An aborted call closes its socket, emits no events and resolves `end`, all immediately.',
    async run(context) {
      const harness = await context.started();
      const call = harness.open();
      await call.speak(960, { CUSTOMER: [[1, 500]] });
      const before = call.events.length;
      call.controller.abort();
      const outcome = await harness.outcome(call.transcription.end(), 0);
      check(outcome.state === 'fulfilled', 'end did not resolve');
      check(
        harness.sockets.every(({ closing }) => closing !== undefined),
        'a socket is open',
      );
      await call.speak(2000, { CUSTOMER: [[2, call.toMs + 500]] });
      check(call.events.length === before, 'an event was emitted after the abort');
    },
  },
];

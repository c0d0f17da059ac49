/** The end of a call's audio, and of what is wanted of it. */
import { check } from '../../conformance/verdict.ts';
import { TRANSCRIPTION_END_MS } from '../../checks/bounds.ts';
import type { TranscriberAudit } from '../audit.ts';
import { checkWords } from './words.ts';

const AFTERMATH_MS = 60_000;

/** They end calls: in the middle of a word's way, in silence, and at once. */
export const END_AUDITS: readonly TranscriberAudit[] = [
  {
    // The last words of a call are often the ones that matter.
    id: '2E68',
    level: 'MUST',
    name: 'The end of a call brings the words that are on their way.',
    async run(bench) {
      const stage = await bench.started();
      const call = stage.open();
      const script = { CUSTOMER: [[1, 500]] } as const;
      await call.speak(960, script);
      await call.end();
      checkWords(call, script);
    },
  },
  {
    // The daemon waits for it before it takes the call as complete.
    id: '9B4D',
    level: 'MUST',
    name: 'The end of a call settles within 15 seconds, whatever the service does.',
    async run(bench) {
      for (const mood of ['silent', 'unanswered', 'busy', 'refuses'] as const) {
        const stage = await bench.started();
        stage.mood = mood;
        const call = stage.open();
        await call.speak(2000, { CUSTOMER: [[1, 500]] });
        const outcome = await stage.outcome(call.transcription.end(), TRANSCRIPTION_END_MS);
        check(outcome.state !== 'pending', `it did not settle while the service is ${mood}`);
        check(outcome.state === 'fulfilled', `it rejected while the service is ${mood}`);
      }
    },
  },
  {
    // The call's record is closed then.
    id: 'E7A2',
    level: 'MUST',
    name: 'Nothing is told of a call whose end has settled.',
    async run(bench) {
      const stage = await bench.started();
      const call = stage.open();
      await call.speak(2000, { CUSTOMER: [[1, 1500]] });
      await call.end();
      const before = call.events.length;
      await call.speak(2000, { CUSTOMER: [[2, call.toMs + 500]] });
      await call.end();
      await stage.host.clock.advance(AFTERMATH_MS);
      check(call.events.length === before, 'something was told after the end');
    },
  },
  {
    // Somebody has switched transcripts off, or the call is erased.
    id: '50C1',
    level: 'MUST',
    name: 'A call of which nothing more is wanted is cut at once: nothing more is told, and its end settles.',
    async run(bench) {
      const stage = await bench.started();
      const call = stage.open();
      await call.speak(960, { CUSTOMER: [[1, 500]] });
      const before = call.events.length;
      call.controller.abort();
      const outcome = await stage.outcome(call.transcription.end(), 0);
      check(outcome.state === 'fulfilled', 'the end does not settle');
      check(
        stage.sockets.every(({ closing }) => closing !== undefined),
        'a socket was left open',
      );
      await call.speak(2000, { CUSTOMER: [[2, call.toMs + 500]] });
      check(call.events.length === before, 'something was told after the abort');
    },
  },
];

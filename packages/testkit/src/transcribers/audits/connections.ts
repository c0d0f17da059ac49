/** Connections that are lost, refused, slow to come, or not there at all. */
import { isFault } from '@sidetone/core';
import { START_MS } from '../../checks/bounds.ts';
import { check } from '../../conformance/verdict.ts';
import { LONG_FRAME_MS, type Script, type SpokenCall } from '../../speech/spoken-call.ts';
import { textOfWord, WORD_MS } from '../../speech/spoken-words.ts';
import type { TranscriberAudit } from '../audit.ts';
import { checkWords } from './words.ts';

const MINUTE_MS = 60_000;
/** The longest audio that may be kept for a connection that is not there. */
const MAX_KEPT_MS = 60_000;
/** Attempts in ten minutes in which each fails: one in ten seconds. */
const MAX_ATTEMPTS = 60;

const lastState = (call: SpokenCall) => call.of('state').at(-1);

const NOT_ABORTED = new AbortController().signal;

/** They play a service that is not as it should be. */
export const CONNECTION_AUDITS: readonly TranscriberAudit[] = [
  {
    // The one who writes is the heart of the daemon, which waits for nobody.
    id: 'FB05',
    level: 'MUST',
    name: 'Audio is taken at once and without an error, whether there is a connection or not.',
    async run(bench) {
      for (const mood of ['unanswered', 'unreachable', 'refuses', 'silent'] as const) {
        const stage = await bench.started();
        stage.mood = mood;
        const call = stage.open();
        await call.speak(3000).catch(() => check(false, `audio was refused while the service is ${mood}`));
        call.transcription.write('UNKNOWN', new Uint8Array(3), call.toMs);
      }
    },
  },
  {
    // A connection over the internet is lost sooner or later, and a call is not said twice.
    id: '78D9',
    level: 'MUST',
    name: 'A connection that is lost, three times in a call, costs no word and doubles none.',
    async run(bench) {
      const stage = await bench.started();
      const call = stage.open();
      const words = (first: number, fromMs: number) =>
        Array.from({ length: 8 }, (_, index): [number, number] => [first + index, fromMs + index * 1900]);
      const script: Script = { CUSTOMER: words(1, 700), ASSISTANT: words(21, 1100) };
      for (const untilMs of [2900, 7460, 12_200]) {
        await call.speak(untilMs - call.toMs, script);
        stage.cut();
      }
      await call.speak(12_000, script);
      await call.end();
      checkWords(call, script);
    },
  },
  {
    // What a client sees of it: why words are late.
    id: '3C47',
    level: 'MUST',
    name: 'It is told how a connection does: TRANSCRIBING once it is there, RECONNECTING while it is lost.',
    async run(bench) {
      const stage = await bench.started();
      const call = stage.open();
      await call.speak(2000);
      check(lastState(call)?.state === 'TRANSCRIBING', 'it is not TRANSCRIBING with a connection');
      stage.mood = 'busy';
      stage.cut();
      await call.speak(2000);
      check(lastState(call)?.state === 'RECONNECTING', 'it is not RECONNECTING when the connection is lost');
      stage.mood = 'serves';
      await call.speak(MINUTE_MS, {}, LONG_FRAME_MS);
      check(lastState(call)?.state === 'TRANSCRIBING', 'it did not come back within a minute');
    },
  },
  {
    // A key that is wrong stays wrong; someone has to be told, in words that say what to do.
    id: 'AC1F',
    level: 'MUST',
    name: 'A service that refuses the credentials makes a call FAILED, with a code and a message, and is left alone.',
    async run(bench) {
      const stage = await bench.started();
      stage.mood = 'refuses';
      const call = stage.open();
      await call.speak(MINUTE_MS, {}, LONG_FRAME_MS);
      const failed = lastState(call);
      check(failed?.state === 'FAILED', 'it is not FAILED');
      check(/^[A-Z][A-Z0-9_]*$/.test(failed.code ?? ''), 'it has no code');
      check((failed.message ?? '').trim() !== '', 'it has no message');
      const before = stage.host.dials.length;
      await call.speak(MINUTE_MS, {}, LONG_FRAME_MS);
      check(stage.host.dials.length === before, 'it dials on');
    },
  },
  {
    // A call may last for an hour: late words are better than none.
    id: '0F86',
    level: 'MUST',
    name: 'A service that is not there is tried again for as long as the call lives.',
    async run(bench) {
      for (const mood of ['busy', 'unreachable', 'unanswered'] as const) {
        const stage = await bench.started();
        stage.mood = mood;
        const call = stage.open();
        await call.speak(2 * MINUTE_MS, {}, LONG_FRAME_MS);
        stage.mood = 'serves';
        await call.speak(MINUTE_MS, {}, LONG_FRAME_MS);
        check(lastState(call)?.state === 'TRANSCRIBING', `it did not come back after it was ${mood}`);
      }
    },
  },
  {
    // A hundred calls that each knock without a pause keep a service from getting up.
    id: '62BE',
    level: 'SHOULD',
    name: 'A service that is not there is tried no more than once in ten seconds, in the long run.',
    async run(bench) {
      const stage = await bench.started();
      stage.mood = 'busy';
      await stage.open().speak(10 * MINUTE_MS, {}, LONG_FRAME_MS);
      const { length } = stage.host.dials;
      check(length <= MAX_ATTEMPTS, `it was tried ${length} times in ten minutes`);
    },
  },
  {
    // Whoever reads a transcript has to know where there may have been words.
    id: 'B3A4',
    level: 'MUST',
    name: 'Audio that is never transcribed is told as a gap.',
    async run(bench) {
      const stage = await bench.started();
      const call = stage.open();
      const words = Array.from({ length: 185 }, (_, index): [number, number] => [
        index + 1,
        index * 1000 + 500,
      ]);
      await call.speak(5000, { CUSTOMER: words });
      stage.mood = 'busy';
      stage.cut();
      await call.speak(3 * MINUTE_MS, { CUSTOMER: words }, LONG_FRAME_MS);
      stage.mood = 'serves';
      await call.speak(2 * MINUTE_MS, {}, LONG_FRAME_MS);
      await call.end();
      const gaps = call.of('gap');
      check(
        gaps.every(({ fromMs, toMs, reason }) => fromMs < toMs && reason !== ''),
        'a gap has no length, or no reason',
      );
      const told = call.transcript()['CUSTOMER'] ?? [];
      const isInGap = (atMs: number) =>
        gaps.some(({ fromMs, toMs }) => atMs < toMs && atMs + WORD_MS > fromMs);
      const lost = words.filter(([word, atMs]) => !told.includes(textOfWord(word)) && !isInGap(atMs));
      check(lost.length === 0, `${lost.length} word(s) are neither told nor in a gap`);
    },
  },
  {
    // Many calls wait for the same connection.
    id: '14CD',
    level: 'MUST',
    name: 'No more than a minute of audio is kept for a connection.',
    async run(bench) {
      const stage = await bench.started();
      stage.mood = 'busy';
      const call = stage.open();
      const words = Array.from({ length: 180 }, (_, index): [number, number] => [
        index + 1,
        index * 1000 + 500,
      ]);
      await call.speak(3 * MINUTE_MS, { CUSTOMER: words }, LONG_FRAME_MS);
      stage.mood = 'serves';
      await call.speak(2 * MINUTE_MS, {}, LONG_FRAME_MS);
      await call.end();
      const kept = call.transcript()['CUSTOMER']?.length ?? 0;
      // A retry may be up to a minute away, in which nothing is said.
      check(kept <= MAX_KEPT_MS / 1000, `words of ${kept} s were kept`);
    },
  },
  {
    // Otherwise the account looks broken while calls are transcribed.
    id: '8D70',
    level: 'MUST',
    name: 'A transcriber whose service answers is healthy; one whose service refuses us or cannot be reached is not.',
    applies: ({ health }) => health !== undefined,
    async run(bench) {
      for (const mood of ['serves', 'refuses', 'unreachable'] as const) {
        const stage = await bench.started();
        stage.mood = mood;
        const asked = Promise.resolve(stage.transcriber.health?.(NOT_ABORTED));
        const outcome = await stage.outcome(asked, START_MS);
        const expected = mood === 'serves' ? 'fulfilled' : 'rejected';
        check(outcome.state === expected, `its health is ${outcome.state} while the service ${mood}`);
        check(outcome.state !== 'rejected' || isFault(outcome.error), 'the reason is no fault');
      }
    },
  },
];

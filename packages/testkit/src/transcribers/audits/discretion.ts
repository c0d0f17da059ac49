/** What must not get out: credentials, and words. */
import { plainText } from '../../checks/plain-text.ts';
import { LONG_FRAME_MS } from '../../speech/spoken-call.ts';
import { check, needs } from '../../conformance/verdict.ts';
import type { TranscriberAudit, TranscriberBench } from '../audit.ts';
import type { TranscriberStage } from '../stage.ts';

const WORD = /word-\d/;

/** A transcriber in good and in bad times. */
async function exercise(bench: TranscriberBench): Promise<TranscriberStage> {
  const stage = await bench.started();
  const call = stage.open();
  for (const mood of ['serves', 'busy', 'serves', 'unreachable', 'serves', 'silent', 'refuses'] as const) {
    stage.mood = mood;
    const atMs = call.toMs;
    await call.speak(4000, { CUSTOMER: [[1, atMs + 500]], ASSISTANT: [[2, atMs + 1000]] });
    if (mood === 'serves') await call.speak(60_000, {}, LONG_FRAME_MS);
    stage.cut();
  }
  await stage.transcriber.health?.(new AbortController().signal).catch(() => undefined);
  await call.end();
  await stage.stop().catch(() => undefined);
  return stage;
}

/** The worst place for a secret is the one that nobody thought of. */
export const DISCRETION_AUDITS: readonly TranscriberAudit[] = [
  {
    // A log goes to more places than one can think of, and events are shown.
    id: 'CE59',
    level: 'MUST',
    name: 'No secret of a transcriber is logged or told.',
    async run(bench) {
      const { secrets } = bench.scenario;
      needs(secrets.length > 0, 'the scenario names no secrets');
      const { host, calls } = await exercise(bench);
      const shown = plainText([host.logs, calls.map(({ events }) => events)]);
      check(!secrets.some((secret) => shown.includes(secret)), 'a secret is in the log or in an event');
    },
  },
  {
    // A log is read by more people than a call, and kept by other rules.
    id: '4A1E',
    level: 'MUST',
    name: 'No words are logged by a transcriber, nor are they in what it says of its state.',
    async run(bench) {
      const { host, calls } = await exercise(bench);
      const states = calls.map((call) => [call.of('state'), call.of('gap')]);
      check(!WORD.test(plainText([host.logs, states])), 'words are in the log or in a state');
    },
  },
];

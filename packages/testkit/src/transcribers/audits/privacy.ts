/** Audits that credentials and transcripts are not exposed. */
import { searchableText } from '../../checks/searchable-text.ts';
import { check, needs } from '../../checks/verdict.ts';
import { LONG_FRAME_MS } from '../../speech/spoken-call.ts';
import type { TranscriberAudit } from '../audit.ts';
import type { TranscriberAuditContext } from '../audit-context.ts';
import type { TranscriberHarness } from '../harness.ts';

const WORD = /word-\d/;

/** Returns an instance after a call during which the service failed in different ways. */
async function exercise(context: TranscriberAuditContext): Promise<TranscriberHarness> {
  const harness = await context.started();
  const call = harness.open();
  const behaviours = ['serves', 'busy', 'serves', 'unreachable', 'serves', 'silent', 'rejects'] as const;
  for (const service of behaviours) {
    harness.service = service;
    const atMs = call.toMs;
    await call.speak(4000, { CUSTOMER: [[1, atMs + 500]], ASSISTANT: [[2, atMs + 1000]] });
    if (service === 'serves') await call.speak(60_000, {}, LONG_FRAME_MS);
    harness.disconnect();
  }
  await harness.transcriber.health?.(new AbortController().signal).catch(() => undefined);
  await call.end();
  await harness.stop().catch(() => undefined);
  return harness;
}

/** Apply to all transcribers. */
export const PRIVACY_AUDITS: readonly TranscriberAudit[] = [
  {
    // Logs are copied to many places, and events are shown to clients.
    id: 'CE59',
    level: 'MUST',
    name: 'Logs and events contain no secrets.',
    async run(context) {
      const { secrets } = context.scenario;
      needs(secrets.length > 0, 'the scenario has no `secrets`');
      const { host, calls } = await exercise(context);
      const text = searchableText([host.logs, calls.map(({ events }) => events)]);
      check(!secrets.some((secret) => text.includes(secret)), 'the log or an event contains a secret');
    },
  },
  {
    // More people can read a log than a call, and it is kept longer.
    id: '4A1E',
    level: 'MUST',
    name: 'Logs, states and gaps contain no transcripts.',
    async run(context) {
      const { host, calls } = await exercise(context);
      const states = calls.map((call) => [call.of('state'), call.of('gap')]);
      check(
        !WORD.test(searchableText([host.logs, states])),
        'the log, a state or a gap contains a transcript',
      );
    },
  },
];

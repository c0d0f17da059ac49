/** Audits that credentials and transcripts are not exposed. */
import { containsSecret } from '../../checks/encoded-secrets.ts';
import { searchableText } from '../../checks/searchable-text.ts';
import { check, needs } from '../../checks/verdict.ts';
import type { TranscriberAudit } from '../audit.ts';
import { exercise } from '../exercise.ts';

const WORD = /word-\d/;

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
      check(!containsSecret(text, secrets), 'the log or an event contains a secret');
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

/** Audits that credentials, tokens and personal data are not exposed. */
import { isFault } from '@sidetone/core';
import { containsSecret } from '../../checks/encoded-secrets.ts';
import { searchableText } from '../../checks/searchable-text.ts';
import { check, needs } from '../../checks/verdict.ts';
import { ALWAYS, type Audit } from '../audit.ts';
import { exercise } from '../exercise.ts';
import type { ProviderHarness } from '../harness.ts';

/** The tokens of the fake host. */
const TOKEN = /fake-token-\d+/;

/** Returns the log without fields that end in `.pii`. */
function unredactedLog({ host }: ProviderHarness): string {
  return host.logs
    .map(({ message, fields }) => {
      const unredacted = Object.entries(fields).filter(([key]) => !key.endsWith('.pii'));
      return `${message} ${searchableText(Object.fromEntries(unredacted))}`;
    })
    .join('\n');
}

/** Apply to all providers. */
export const PRIVACY_AUDITS: readonly Audit[] = [
  {
    // Checked with all kinds of failures, because secrets are most often logged with errors; also in base64, as in the header
    // of Basic authentication, in hexadecimal digits and in percent encoding.
    id: 'BB5A',
    level: 'MUST',
    name: 'Secrets are not logged.',
    applies: ALWAYS,
    async run(context) {
      const { secrets } = context.scenario;
      needs(secrets.length > 0, 'the scenario has no `secrets`');
      const { harness } = await exercise(context);
      const log = searchableText(harness.host.logs);
      check(!containsSecret(log, secrets), 'the log contains a secret');
    },
  },
  {
    // Events are stored permanently, and the text of a fault is shown to clients.
    id: '07C6',
    level: 'MUST',
    name: 'Events, responses and faults contain no secrets.',
    applies: ALWAYS,
    async run(context) {
      const { secrets } = context.scenario;
      needs(secrets.length > 0, 'the scenario has no `secrets`');
      const { harness, faults } = await exercise(context);
      const visible = faults.map((fault) => (isFault(fault) ? [fault.message, fault.details] : fault));
      const responses = harness.deliveries.map(({ outcome }) =>
        outcome.state === 'fulfilled' ? outcome.value : '',
      );
      const text = searchableText([harness.host.events, responses, visible]);
      check(!containsSecret(text, secrets), 'an event, response or fault contains a secret');
    },
  },
  {
    // Anybody who knows the token of a stream can add audio to its call.
    id: '9154',
    level: 'MUST',
    name: 'Tokens of the host are not logged.',
    applies: ALWAYS,
    async run(context) {
      const { harness } = await exercise(context);
      check(!TOKEN.test(searchableText(harness.host.logs)), 'the log contains a token of the host');
    },
  },
  {
    // More people can read a log than a call, and it is kept longer.
    id: 'DF8B',
    level: 'MUST',
    name: 'Transcripts and telephone numbers are logged only in fields that end in `.pii`.',
    applies: ALWAYS,
    async run(context) {
      const { personal = [] } = context.scenario;
      needs(personal.length > 0, 'the scenario has no `personal` data');
      const { harness } = await exercise(context);
      const log = unredactedLog(harness);
      check(!personal.some((text) => log.includes(text)), 'the log contains personal data');
    },
  },
];

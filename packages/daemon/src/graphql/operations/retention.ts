/** The query that shows how far retention got. */
import type { SpaceStatus } from '../../calls/retention/recording-space.ts';
import { MAX_BACKLOG, type RuleStatus } from '../../calls/retention/retention.ts';
import type { RetentionKind } from '../../calls/retention/rules.ts';
import type { Builder, SchemaDeps } from '../builder.ts';
import { addEnum } from '../types/enums.ts';

const KIND = {
  CALLS: 'Everything about a call: `retention.callDays`.',
  TRANSCRIPT:
    'Utterances, keys that were pressed, the summary, the texts of commands and the data of the provider: `retention.transcriptDays`.',
  RECORDING: 'The recording and the waveform: `retention.recordingDays`.',
  EVENTS: 'The timeline: events, streams, listeners and commands: `retention.eventDays`.',
  NOTES: 'Notes: `retention.noteDays`.',
} as const satisfies Record<RetentionKind, string>;

interface Status {
  readonly rules: readonly RuleStatus[];
  readonly space: SpaceStatus;
}

export function addRetention(builder: Builder, { retention, recordingSpace }: SchemaDeps): void {
  const RetentionStatus = builder.objectRef<Status>('RetentionStatus').implement({
    description: 'What retention has removed since the start of the daemon, and what is left to remove.',
    fields: (t) => ({
      rules: t.field({
        type: [addRule(builder)],
        description: 'The rules of the configuration. Data without a rule is kept.',
        resolve: ({ rules }) => [...rules],
      }),
      recordingBytes: t.float({
        description: 'The size of all recordings at the last check. 0 without `retention.recordingBytes`.',
        resolve: ({ space }) => space.recordingBytes,
      }),
      freeBytes: t.float({
        nullable: true,
        description:
          'The free space of the disk of the recordings at the last check. Null without `retention.freeDiskBytes`.',
        resolve: ({ space }) => space.freeBytes,
      }),
      missingBytes: t.float({
        description:
          'The space that could not be freed at the last check, because other recordings are held or being written.',
        resolve: ({ space }) => space.missingBytes,
      }),
      removedRecordings: t.int({
        description: 'Recordings that were removed for lack of space since the start of the daemon.',
        resolve: ({ space }) => space.removedRecordings,
      }),
    }),
  });
  builder.queryField('retention', (t) =>
    t.field({
      type: RetentionStatus,
      description: 'How far retention got.',
      resolve: async () => ({ rules: await retention.status(), space: recordingSpace.status }),
    }),
  );
}

function addRule(builder: Builder) {
  const RetentionKindEnum = addEnum(builder, 'RetentionKind', 'What a rule of retention removes.', KIND);
  return builder.objectRef<RuleStatus>('RetentionRule').implement({
    description: 'A rule of retention: data of a kind is removed some days after the end of its call.',
    fields: (t) => ({
      kind: t.expose('kind', { type: RetentionKindEnum, description: 'What is removed.' }),
      days: t.exposeInt('days', { description: 'Days after the end of a call.' }),
      providerIds: t.field({
        type: ['ID'],
        nullable: true,
        description:
          'The provider instances with this setting. Null if it applies to all without a setting of their own.',
        resolve: ({ providerIds }) => (providerIds ? [...providerIds] : null),
      }),
      cutoff: t.expose('cutoff', { type: 'DateTime', description: 'Calls that ended until then are due.' }),
      backlog: t.exposeInt('backlog', {
        description: `The number of due calls that were not visited yet, at most ${MAX_BACKLOG}. Of the kind CALLS, held calls are among them.`,
      }),
      removedCalls: t.exposeInt('removedCalls', {
        description: 'Calls from which data was removed since the start of the daemon.',
      }),
      removedRows: t.exposeInt('removedRows', {
        description: 'Rows that were removed since the start of the daemon.',
      }),
    }),
  });
}

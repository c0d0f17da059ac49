/** CommandService and what becomes of them. */
import type { SchemaDeps } from '../builder.ts';
import type { Enums } from './enums.ts';
import { callOf } from './lookup.ts';
import type { Refs } from './refs.ts';

export function addCommand(refs: Refs, enums: Enums, deps: SchemaDeps): void {
  refs.Failure.implement({
    description: 'An expected failure: data, not a GraphQL error.',
    fields: (t) => ({
      code: t.expose('code', { type: enums.FailureCode, description: 'For programs.' }),
      message: t.exposeString('message', { description: 'For people.' }),
      retryable: t.exposeBoolean('retryable', {
        description: 'Whether the same may succeed later: with a new idempotency key, where there was one.',
      }),
      argument: t.string({
        nullable: true,
        description:
          "The argument of the command that the provider's plugin found wrong. Whoever asked got an error that names it.",
        resolve: ({ argument }) => argument,
      }),
    }),
  });

  refs.Command.implement({
    description: 'A thing someone asked to be done to a call, kept with its outcome.',
    interfaces: [refs.Node],
    isTypeOf: (value) => typeof value === 'object' && value !== null && 'command' in value,
    fields: (t) => ({
      id: t.id({ description: 'Our id of the command.', resolve: ({ command }) => command.id }),
      call: t.field({
        type: refs.Call,
        nullable: true,
        description:
          'The call that it is about; null for an attempt to place one that came to nothing, or has not come to one yet.',
        resolve: ({ callId }) => callId && callOf(deps, callId),
      }),
      kind: t.field({
        type: enums.CommandKind,
        description: 'What was asked.',
        resolve: ({ command }) => command.kind,
      }),
      arguments: t.field({
        type: 'JSON',
        description: 'With what.',
        resolve: ({ command }) => command.arguments,
      }),
      status: t.field({
        type: enums.CommandStatus,
        description: 'What became of it so far.',
        resolve: ({ command }) => command.status,
      }),
      failure: t.field({
        type: refs.Failure,
        nullable: true,
        description: 'Why it was not accepted.',
        resolve: ({ command }) => command.failure,
      }),
      requestedBy: t.string({ description: 'Who asked.', resolve: ({ command }) => command.requestedBy }),
      requestedAt: t.field({
        type: 'DateTime',
        description: 'When it was asked.',
        resolve: ({ command }) => command.requestedAt,
      }),
      settledAt: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'When its status last changed from REQUESTED.',
        resolve: ({ command }) => command.settledAt,
      }),
    }),
  });

  refs.CommandPayload.implement({
    description:
      'What every control mutation answers. Exactly one of `command` accepted or `failure` is the news; a refused command carries both.',
    fields: (t) => ({
      command: t.field({
        type: refs.Command,
        nullable: true,
        description: 'The command as it was kept; null when there is no such call.',
        resolve: ({ command, call }) => command && { command, ...(call && { callId: call.id }) },
      }),
      call: t.field({
        type: refs.Call,
        nullable: true,
        description: 'The call as it is now.',
        resolve: ({ call }) => call,
      }),
      failure: t.field({
        type: refs.Failure,
        nullable: true,
        description: 'Why it was not accepted.',
        resolve: ({ failure }) => failure,
      }),
    }),
  });

  refs.WatchCallPayload.implement({
    description: 'What became of taking up a call.',
    fields: (t) => ({
      call: t.field({
        type: refs.Call,
        nullable: true,
        description: 'The call as it is now; null while nothing is known of it.',
        resolve: ({ call }) => call,
      }),
      failure: t.field({
        type: refs.Failure,
        nullable: true,
        description:
          'Why it was not taken up. With CALL_NOT_LIVE, `call` may be there: what is left of it was taken in.',
        resolve: ({ failure }) => failure,
      }),
    }),
  });
}

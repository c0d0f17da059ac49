/** Commands, their failures, and the payloads of the mutations that send them. */
import type { SchemaDeps } from '../builder.ts';
import type { Enums } from './enums.ts';
import { callOf } from './lookup.ts';
import type { Refs } from './refs.ts';

export function addCommand(refs: Refs, enums: Enums, deps: SchemaDeps): void {
  addFailure(refs, enums);
  addPayloads(refs);

  refs.Command.implement({
    description: 'A request of a client to do something to a call, stored with its outcome.',
    interfaces: [refs.Node],
    isTypeOf: (value) => typeof value === 'object' && value !== null && 'command' in value,
    fields: (t) => ({
      id: t.id({ description: "Sidetone's id of the command.", resolve: ({ command }) => command.id }),
      call: t.field({
        type: refs.Call,
        nullable: true,
        description: 'The call. Null for a PLACE_CALL command that failed or has not created a call yet.',
        resolve: ({ callId }) => callId && callOf(deps, callId),
      }),
      kind: t.field({
        type: enums.CommandKind,
        description: 'The requested action.',
        resolve: ({ command }) => command.kind,
      }),
      arguments: t.field({
        type: 'JSON',
        description: 'The arguments of the command.',
        resolve: ({ command }) => command.arguments,
      }),
      status: t.field({
        type: enums.CommandStatus,
        description: 'The progress of the command.',
        resolve: ({ command }) => command.status,
      }),
      failure: t.field({
        type: refs.Failure,
        nullable: true,
        description: 'Why the command was not accepted. Null if it was, or if it is still REQUESTED.',
        resolve: ({ command }) => command.failure,
      }),
      requestedBy: t.string({
        description: 'The name of the access token that sent it.',
        resolve: ({ command }) => command.requestedBy,
      }),
      requestedAt: t.field({
        type: 'DateTime',
        description: 'When it was sent.',
        resolve: ({ command }) => command.requestedAt,
      }),
      settledAt: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'When the current status was reached. Null while it is REQUESTED.',
        resolve: ({ command }) => command.settledAt,
      }),
    }),
  });
}

function addFailure(refs: Refs, enums: Enums): void {
  refs.Failure.implement({
    description: 'An expected failure, returned as data instead of a GraphQL error.',
    fields: (t) => ({
      code: t.expose('code', { type: enums.FailureCode, description: 'The reason, for programs.' }),
      message: t.exposeString('message', { description: 'The reason, for people.' }),
      retryable: t.exposeBoolean('retryable', {
        description:
          'Whether a retry can succeed. A retry needs a new idempotency key, because the old one returns this failure again.',
      }),
      argument: t.string({
        nullable: true,
        description:
          "The argument that the provider's plugin rejected, if that was the reason. The mutation itself then failed with INPUT_INVALID.",
        resolve: ({ argument }) => argument,
      }),
    }),
  });
}

function addPayloads(refs: Refs): void {
  refs.CommandPayload.implement({
    description:
      'The result of a control mutation. A command that was not accepted is stored too, so `command` and `failure` can both be set.',
    fields: (t) => ({
      command: t.field({
        type: refs.Command,
        nullable: true,
        description: 'The stored command. Null if the call does not exist.',
        resolve: ({ command, call }) => command && { command, ...(call && { callId: call.id }) },
      }),
      call: t.field({
        type: refs.Call,
        nullable: true,
        description: 'The call after the command. Null if it does not exist or was not created.',
        resolve: ({ call }) => call,
      }),
      failure: t.field({
        type: refs.Failure,
        nullable: true,
        description: 'Why the command was not accepted. Null if it was.',
        resolve: ({ failure }) => failure,
      }),
    }),
  });

  refs.WatchCallPayload.implement({
    description: 'The result of `watchCall`.',
    fields: (t) => ({
      call: t.field({
        type: refs.Call,
        nullable: true,
        description: 'The call. Null while nothing is known about it.',
        resolve: ({ call }) => call,
      }),
      failure: t.field({
        type: refs.Failure,
        nullable: true,
        description:
          'Why the call cannot be watched. With CALL_NOT_LIVE, `call` can be set: the data of the ended call was stored.',
        resolve: ({ failure }) => failure,
      }),
    }),
  });
}

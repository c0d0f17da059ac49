/** Mutations that erase calls and commands. */
import type { CallId, CommandId } from '@sidetone/core';
import type { ErasureStatus } from '../../calls/erasure.ts';
import type { Builder, SchemaDeps } from '../builder.ts';
import { requesterOf } from '../context.ts';
import { addEnum } from '../types/enums.ts';

const STATUS = {
  ERASED: 'The content is gone from the tables, the search index and the database file.',
  PENDING:
    'The content cannot be queried any longer, but may still be in the write-ahead log of the database, because another program reads it. It is removed as soon as possible; see `erasurePending`.',
  NOT_FOUND: 'There is nothing with this id that can be erased.',
} as const satisfies Record<ErasureStatus, string>;

const CALL_ID = { required: true, description: 'The id of the call.' } as const;

export function addErasure(builder: Builder, { erasure }: SchemaDeps): void {
  const ErasureStatusEnum = addEnum(builder, 'ErasureStatus', 'The result of an erasure.', STATUS);
  const ErasePayload = builder.objectRef<{ readonly status: ErasureStatus }>('ErasePayload').implement({
    description: 'The result of an erasure.',
    fields: (t) => ({
      status: t.expose('status', { type: ErasureStatusEnum, description: 'Whether the content is gone.' }),
    }),
  });
  builder.mutationFields((t) => ({
    eraseCall: t.field({
      type: ErasePayload,
      description:
        'Erases an ended call and everything stored about it, such as events, transcript, notes and recording, also from the search index and the database file. Fails with CALL_STILL_LIVE while the call is live, and with CALL_HELD while it has a legal hold. If the provider reports the call again within 30 days, its events are ignored.',
      args: { callId: t.arg.id(CALL_ID) },
      resolve: async (_root, { callId: id }, context) => ({
        status: await erasure.eraseCall(id as CallId, requesterOf(context)),
      }),
    }),
    eraseCommand: t.field({
      type: ErasePayload,
      description:
        'Erases a command that has no call: a failed attempt to place one, with its arguments. Such commands are erased after 30 days in any case. The commands of a call are erased with it.',
      args: { commandId: t.arg.id({ required: true, description: 'The id of the command.' }) },
      resolve: async (_root, { commandId: id }, context) => ({
        status: await erasure.eraseCommand(id as CommandId, requesterOf(context)),
      }),
    }),
    deleteCall: t.boolean({
      description:
        'Erases a call as `eraseCall` does. Returns false if the call does not exist. True does not mean that the content is gone from the database file.',
      deprecationReason: 'Use `eraseCall`: its status says whether the content is gone.',
      args: { callId: t.arg.id(CALL_ID) },
      resolve: (_root, { callId: id }, context) => erasure.erase(id as CallId, requesterOf(context)),
    }),
  }));
  builder.queryField('erasurePending', (t) =>
    t.boolean({
      description:
        'Whether content of erased calls or commands may still be in the database file, because another program reads it.',
      resolve: () => erasure.isPending,
    }),
  );
}

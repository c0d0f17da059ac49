/** Mutations that place and release legal holds. */
import type { CallId } from '@sidetone/core';
import { MAX_HOLD_REASON_CHARACTERS } from '../../calls/hold-service.ts';
import type { Builder, SchemaDeps } from '../builder.ts';
import { requesterOf } from '../context.ts';
import type { Refs } from '../types/refs.ts';

export function addHolds(builder: Builder, refs: Refs, { holds }: SchemaDeps): void {
  const callId = { required: true, description: 'The id of the call.' } as const;
  builder.mutationFields((t) => ({
    placeHold: t.field({
      type: refs.Call,
      description:
        'Places a legal hold on a live or ended call: until it is released, the data of the call is neither erased nor removed by retention, and `eraseCall` fails with CALL_HELD. Has no effect if there is one.',
      args: {
        callId: t.arg.id(callId),
        reason: t.arg.string({
          required: false,
          description: `Why, at most ${MAX_HOLD_REASON_CHARACTERS} characters. Shown with the call.`,
        }),
      },
      resolve: (_root, { callId: id, reason }, context) =>
        holds.place(id as CallId, reason ?? undefined, requesterOf(context)),
    }),
    releaseHold: t.field({
      type: refs.Call,
      description: 'Releases the legal hold of a call. Has no effect if there is none.',
      args: { callId: t.arg.id(callId) },
      resolve: (_root, { callId: id }, context) => holds.release(id as CallId, requesterOf(context)),
    }),
  }));
}

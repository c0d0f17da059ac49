/** The mutation that erases everything of one telephone number. */
import { invalidArgument } from '@sidetone/core';
import { MAX_ERASED_CALLS, MAX_KEPT_CALLS, type NumberErasureResult } from '../../calls/number-erasure.ts';
import type { Builder, SchemaDeps } from '../builder.ts';
import { requesterOf } from '../context.ts';
import { addEnum } from '../types/enums.ts';

const DEFAULT_LIMIT = 100;

const STATUS = {
  ERASED: 'Nothing of the number is left, except in the calls that were kept.',
  PENDING:
    'Nothing can be queried any longer, but the content may still be in the write-ahead log, because another program reads the database; see `erasurePending`.',
  MORE: 'Calls are left: repeat the mutation.',
  NOT_FOUND: 'There was nothing that could be erased.',
} as const satisfies Record<NumberErasureResult['status'], string>;

export function addEraseNumber(builder: Builder, { numberErasure }: SchemaDeps): void {
  const Status = addEnum(builder, 'EraseNumberStatus', 'The result of the erasure of a number.', STATUS);
  const Payload = builder.objectRef<NumberErasureResult>('EraseNumberPayload').implement({
    description: 'What was erased of a number, and what was kept.',
    fields: (t) => ({
      status: t.expose('status', { type: Status, description: 'Whether anything is left.' }),
      calls: t.exposeInt('calls', { description: 'The number of calls that this mutation erased.' }),
      commands: t.exposeInt('commands', {
        description: 'The number of failed attempts to call the number that this mutation erased.',
      }),
      held: t.field({
        type: ['ID'],
        description: `Calls that were kept because of a legal hold, the newest ${MAX_KEPT_CALLS}.`,
        resolve: ({ held }) => [...held],
      }),
      live: t.field({
        type: ['ID'],
        description: `Calls that were kept because they are live, the newest ${MAX_KEPT_CALLS}. End them first.`,
        resolve: ({ live }) => [...live],
      }),
    }),
  });
  builder.mutationField('eraseNumber', (t) =>
    t.field({
      type: Payload,
      description:
        'Erases everything of one telephone number: all ended calls whose `from` or `to` it is, in any notation, as `eraseCall` does, and failed attempts to call it. `calls(filter: { numberIs: … })` shows them before. Numbers that were spoken, or that other calls were transferred to, are not looked for.',
      args: {
        number: t.arg.string({
          required: true,
          description: 'The complete number in any notation. It is neither stored nor logged.',
        }),
        limit: t.arg.int({
          defaultValue: DEFAULT_LIMIT,
          description: `The maximum number of calls, 1 to ${MAX_ERASED_CALLS}.`,
        }),
      },
      resolve: (_root, { number, limit }, context) => {
        const most = limit ?? DEFAULT_LIMIT;
        if (most < 1 || most > MAX_ERASED_CALLS)
          throw invalidArgument('limit', `expected 1 to ${MAX_ERASED_CALLS}`);
        return numberErasure.erase(number, most, requesterOf(context));
      },
    }),
  );
}

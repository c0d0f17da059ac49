/** The root of mutations, with those that start or watch calls. Control mutations are in `controls.ts`. */
import { providerCallId, providerId } from '@sidetone/core';
import { checkKey, checkText, ofInput } from '../../commands/input-checks.ts';
import type { Builder, SchemaDeps } from '../builder.ts';
import { requesterOf } from '../context.ts';
import type { Enums } from '../types/enums.ts';
import type { Refs } from '../types/refs.ts';
import { addControlInputs } from './control-inputs.ts';
import { addControls, checkedKey, optionsOf, withoutNulls } from './controls.ts';

export function addMutations(builder: Builder, refs: Refs, enums: Enums, deps: SchemaDeps): void {
  const { commands, placing } = deps;
  const inputs = addControlInputs(builder, enums);

  builder.mutationType({
    description:
      'Control of live calls, and changes of stored calls. A control mutation returns when the provider has accepted or rejected the command.',
    fields: (t) => ({
      placeCall: t.field({
        type: refs.CommandPayload,
        description: 'Places a call.',
        args: { input: t.arg({ type: inputs.PlaceCall, required: true, description: 'The call to place.' }) },
        resolve: (_root, { input }, context) => {
          const { providerId: id, providerOptions, idempotencyKey, ...rest } = input;
          // A call without a telephone has no number: the plugin decides whether one is required.
          const to = input.to?.trim() ? input.to : '';
          if (to !== '') checkText('to', to);
          const args = { ...withoutNulls(rest), to, ...optionsOf(providerOptions) };
          const key = checkedKey(idempotencyKey);
          return ofInput(() => placing.place(providerId(id), args, requesterOf(context), key));
        },
      }),
      watchCall: t.field({
        type: refs.WatchCallPayload,
        description:
          'Starts to observe a live call that another application controls and that the provider has not reported. Safe to repeat.',
        args: { input: t.arg({ type: inputs.WatchCall, required: true, description: 'The call.' }) },
        resolve: (_root, { input }, context) => {
          checkKey('providerCallId', input.providerCallId);
          const [id, callId] = [providerId(input.providerId), providerCallId(input.providerCallId)];
          return ofInput(() => commands.watch(id, callId, requesterOf(context)));
        },
      }),
    }),
  });
  addControls(builder, refs, inputs, deps);
}

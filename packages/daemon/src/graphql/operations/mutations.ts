/** Mutations: control of live calls. */
import {
  providerCallId,
  providerId,
  type CallId,
  type ControlArguments,
  type ControlName,
} from '@sidetone/core';
import type { CommandOutcome } from '../../commands/command-outcome.ts';
import type { Builder, Context, SchemaDeps } from '../builder.ts';
import { addControlInputs } from './control-inputs.ts';
import type { Enums } from '../types/enums.ts';
import {
  checkDigits,
  checkKey,
  checkObject,
  checkOneOf,
  checkText,
  checkUrl,
  invalidInput,
  ofInput,
} from '../../commands/input-checks.ts';
import type { Refs } from '../types/refs.ts';
import { requesterOf } from './requester.ts';

export function addMutations(builder: Builder, refs: Refs, enums: Enums, { commands }: SchemaDeps): void {
  const inputs = addControlInputs(builder, enums);
  const type = refs.CommandPayload;

  const run = <Name extends ControlName>(
    name: Name,
    { callId, idempotencyKey }: Target,
    args: ControlArguments[Name],
    context: Context,
  ): Promise<CommandOutcome> =>
    ofInput(() => commands.run(name, callId as CallId, args, requesterOf(context), keyOf(idempotencyKey)));

  builder.mutationType({
    description: 'Control of live calls. Each answers when the provider took the command, or did not.',
    fields: (t) => ({
      placeCall: t.field({
        type,
        description: 'Begins a call.',
        args: { input: t.arg({ type: inputs.PlaceCall, required: true, description: 'Which call.' }) },
        resolve: (_root, { input }, context) => {
          const { providerId: id, to, providerOptions, idempotencyKey, ...rest } = input;
          checkText('to', to);
          const args = { to, ...given(rest), ...optionsOf(providerOptions) };
          const key = keyOf(idempotencyKey);
          return ofInput(() => commands.place(providerId(id), args, requesterOf(context), key));
        },
      }),
      say: t.field({
        type,
        description: 'Has the assistant, or a voice of the provider, say something.',
        args: { input: t.arg({ type: inputs.Say, required: true, description: 'What to say.' }) },
        resolve: (_root, { input }, context) => {
          const { content, endCallAfterSpoken, interrupt } = input;
          checkText('content', content);
          const how = { endCallAfterSpoken: endCallAfterSpoken ?? false, interrupt: interrupt ?? false };
          return run('say', input, { content, ...how }, context);
        },
      }),
      addMessage: t.field({
        type,
        description: "Puts a message into the assistant's conversation, unheard by the customer.",
        args: { input: t.arg({ type: inputs.AddMessage, required: true, description: 'Which message.' }) },
        resolve: (_root, { input }, context) => {
          const { role, content, triggerResponse } = input;
          checkText('content', content);
          return run(
            'addMessage',
            input,
            { role, content, triggerResponse: triggerResponse ?? true },
            context,
          );
        },
      }),
      mute: t.field({
        type,
        description: 'Mutes a party: the other no longer hears it.',
        args: { input: t.arg({ type: inputs.Mute, required: true, description: 'Whom.' }) },
        resolve: (_root, { input }, context) => run('mute', input, { party: known(input.party) }, context),
      }),
      unmute: t.field({
        type,
        description: 'Lets a muted party be heard again.',
        args: { input: t.arg({ type: inputs.Mute, required: true, description: 'Whom.' }) },
        resolve: (_root, { input }, context) => run('unmute', input, { party: known(input.party) }, context),
      }),
      sayFirstMessage: t.field({
        type,
        description: 'Has the assistant say its first message, where it was held back.',
        args: { input: t.arg({ type: inputs.Call, required: true, description: 'Which call.' }) },
        resolve: (_root, { input }, context) => run('sayFirstMessage', input, {}, context),
      }),
      transfer: t.field({
        type,
        description: 'Moves the customer to somebody else.',
        args: { input: t.arg({ type: inputs.Transfer, required: true, description: 'Where to.' }) },
        resolve: (_root, { input }, context) => {
          const { callId: _call, idempotencyKey: _key, providerOptions, ...rest } = input;
          checkOneOf(input, ['number', 'sipUri']);
          return run('transfer', input, { ...given(rest), ...optionsOf(providerOptions) }, context);
        },
      }),
      handoff: t.field({
        type,
        description: 'Has another assistant go on with the call.',
        args: { input: t.arg({ type: inputs.Handoff, required: true, description: 'Who.' }) },
        resolve: (_root, { input }, context) => {
          const { callId: _call, idempotencyKey: _key, providerOptions, assistant, ...rest } = input;
          const names = ['assistantId', 'assistant', 'streamUrl'] as const;
          const isOpen = providerOptions != null && names.every((name) => input[name] == null);
          if (!isOpen) checkOneOf(input, names);
          if (rest.streamUrl != null) checkUrl('streamUrl', rest.streamUrl, ['ws', 'wss']);
          const inline = assistant == null ? {} : { assistant: checkObject('assistant', assistant) };
          const options = optionsOf(providerOptions);
          return run('handoff', input, { ...given(rest), ...inline, ...options }, context);
        },
      }),
      endCall: t.field({
        type,
        description: 'Ends a call.',
        args: { input: t.arg({ type: inputs.Call, required: true, description: 'Which call.' }) },
        resolve: (_root, { input }, context) => run('endCall', input, {}, context),
      }),
      sendDtmf: t.field({
        type,
        description: 'Presses keys.',
        args: { input: t.arg({ type: inputs.SendDtmf, required: true, description: 'Which keys.' }) },
        resolve: (_root, { input }, context) => {
          const { digits } = input;
          checkDigits('digits', digits);
          return run('sendDtmf', input, { digits }, context);
        },
      }),
      playAudio: t.field({
        type,
        description: 'Plays sound into the call.',
        args: { input: t.arg({ type: inputs.PlayAudio, required: true, description: 'Which sound.' }) },
        resolve: (_root, { input }, context) => {
          const { url } = input;
          checkUrl('url', url, ['http', 'https']);
          return run('playAudio', input, { url }, context);
        },
      }),
      watchCall: t.field({
        type: refs.WatchCallPayload,
        description:
          'Takes up a live call that others set up, and that the provider told nothing of. Safe to repeat.',
        args: { input: t.arg({ type: inputs.WatchCall, required: true, description: 'Which call.' }) },
        resolve: (_root, { input }) => {
          checkKey('providerCallId', input.providerCallId);
          const [id, callId] = [providerId(input.providerId), providerCallId(input.providerCallId)];
          return ofInput(() => commands.watch(id, callId));
        },
      }),
      clearAudio: t.field({
        type,
        description: 'Stops what is being played or said, and forgets what waits.',
        args: { input: t.arg({ type: inputs.Call, required: true, description: 'Which call.' }) },
        resolve: (_root, { input }, context) => run('clearAudio', input, {}, context),
      }),
    }),
  });
}

/** What the input of every control has. */
interface Target {
  readonly callId: string;
  readonly idempotencyKey?: string | null | undefined;
}

function keyOf(key: string | null | undefined): string | undefined {
  if (key == null) return undefined;
  checkKey('idempotencyKey', key);
  return key;
}

type Given<Input> = { [Key in keyof Input]?: NonNullable<Input[Key]> };

/** Without what is null: a client means the same by leaving it out. */
function given<Input extends object>(input: Input): Given<Input> {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value != null)) as Given<Input>;
}

const optionsOf = (options: unknown) =>
  options == null ? {} : { providerOptions: checkObject('providerOptions', options) };

function known<Party extends string>(party: Party): Exclude<Party, 'UNKNOWN'> {
  if (party === 'UNKNOWN') throw invalidInput('party', '`party` is CUSTOMER or ASSISTANT');
  return party as Exclude<Party, 'UNKNOWN'>;
}

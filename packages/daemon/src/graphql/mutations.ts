/** Mutations: control of live calls. */
import { providerId, type CallId, type ControlArguments, type ControlName } from '@sidetone/core';
import type { CommandOutcome } from '../app/commands.ts';
import type { Builder, SchemaDeps } from './builder.ts';
import { addControlInputs } from './control-inputs.ts';
import type { Enums } from './enums.ts';
import { checkDigits, checkObject, checkOneOf, checkText, checkUrl, mistake } from './input-checks.ts';
import type { Refs } from './refs.ts';

/** Who asks, until there are access tokens: anyone who reaches the loopback address. */
const LOCAL = 'local';

export function addMutations(builder: Builder, refs: Refs, enums: Enums, { commands }: SchemaDeps): void {
  const inputs = addControlInputs(builder, enums);
  const type = refs.CommandPayload;

  const run = <Name extends ControlName>(
    name: Name,
    callId: string,
    args: ControlArguments[Name],
  ): Promise<CommandOutcome> => commands.run(name, callId as CallId, args, LOCAL);

  builder.mutationType({
    description: 'Control of live calls. Each answers when the provider took the command, or did not.',
    fields: (t) => ({
      placeCall: t.field({
        type,
        description: 'Begins a call.',
        args: { input: t.arg({ type: inputs.PlaceCall, required: true, description: 'Which call.' }) },
        resolve: (_root, { input }) => {
          const { providerId: id, to, providerOptions, ...rest } = input;
          checkText('to', to);
          return commands.place(providerId(id), { to, ...given(rest), ...optionsOf(providerOptions) }, LOCAL);
        },
      }),
      say: t.field({
        type,
        description: 'Has the assistant, or a voice of the provider, say something.',
        args: { input: t.arg({ type: inputs.Say, required: true, description: 'What to say.' }) },
        resolve: (_root, { input: { callId, content, endCallAfterSpoken, interrupt } }) => {
          checkText('content', content);
          const how = { endCallAfterSpoken: endCallAfterSpoken ?? false, interrupt: interrupt ?? false };
          return run('say', callId, { content, ...how });
        },
      }),
      addMessage: t.field({
        type,
        description: "Puts a message into the assistant's conversation, unheard by the customer.",
        args: { input: t.arg({ type: inputs.AddMessage, required: true, description: 'Which message.' }) },
        resolve: (_root, { input: { callId, role, content, triggerResponse } }) => {
          checkText('content', content);
          return run('addMessage', callId, { role, content, triggerResponse: triggerResponse ?? true });
        },
      }),
      mute: t.field({
        type,
        description: 'Mutes a party: the other no longer hears it.',
        args: { input: t.arg({ type: inputs.Mute, required: true, description: 'Whom.' }) },
        resolve: (_root, { input: { callId, party } }) => run('mute', callId, { party: known(party) }),
      }),
      unmute: t.field({
        type,
        description: 'Lets a muted party be heard again.',
        args: { input: t.arg({ type: inputs.Mute, required: true, description: 'Whom.' }) },
        resolve: (_root, { input: { callId, party } }) => run('unmute', callId, { party: known(party) }),
      }),
      sayFirstMessage: t.field({
        type,
        description: 'Has the assistant say its first message, where it was held back.',
        args: { input: t.arg({ type: inputs.Call, required: true, description: 'Which call.' }) },
        resolve: (_root, { input: { callId } }) => run('sayFirstMessage', callId, {}),
      }),
      transfer: t.field({
        type,
        description: 'Moves the customer to somebody else.',
        args: { input: t.arg({ type: inputs.Transfer, required: true, description: 'Where to.' }) },
        resolve: (_root, { input }) => {
          const { callId, providerOptions, ...rest } = input;
          checkOneOf(input, ['number', 'sipUri']);
          return run('transfer', callId, { ...given(rest), ...optionsOf(providerOptions) });
        },
      }),
      handoff: t.field({
        type,
        description: 'Has another assistant go on with the call.',
        args: { input: t.arg({ type: inputs.Handoff, required: true, description: 'Who.' }) },
        resolve: (_root, { input }) => {
          const { callId, providerOptions, assistant, ...rest } = input;
          const names = ['assistantId', 'assistant', 'streamUrl'] as const;
          const isOpen = providerOptions != null && names.every((name) => input[name] == null);
          if (!isOpen) checkOneOf(input, names);
          if (rest.streamUrl != null) checkUrl('streamUrl', rest.streamUrl, ['ws', 'wss']);
          const inline = assistant == null ? {} : { assistant: checkObject('assistant', assistant) };
          return run('handoff', callId, { ...given(rest), ...inline, ...optionsOf(providerOptions) });
        },
      }),
      endCall: t.field({
        type,
        description: 'Ends a call.',
        args: { input: t.arg({ type: inputs.Call, required: true, description: 'Which call.' }) },
        resolve: (_root, { input: { callId } }) => run('endCall', callId, {}),
      }),
      sendDtmf: t.field({
        type,
        description: 'Presses keys.',
        args: { input: t.arg({ type: inputs.SendDtmf, required: true, description: 'Which keys.' }) },
        resolve: (_root, { input: { callId, digits } }) => {
          checkDigits('digits', digits);
          return run('sendDtmf', callId, { digits });
        },
      }),
      playAudio: t.field({
        type,
        description: 'Plays sound into the call.',
        args: { input: t.arg({ type: inputs.PlayAudio, required: true, description: 'Which sound.' }) },
        resolve: (_root, { input: { callId, url } }) => {
          checkUrl('url', url, ['http', 'https']);
          return run('playAudio', callId, { url });
        },
      }),
      clearAudio: t.field({
        type,
        description: 'Stops what is being played or said, and forgets what waits.',
        args: { input: t.arg({ type: inputs.Call, required: true, description: 'Which call.' }) },
        resolve: (_root, { input: { callId } }) => run('clearAudio', callId, {}),
      }),
    }),
  });
}

type Given<Input> = { [Key in keyof Input]?: NonNullable<Input[Key]> };

/** Without what is null: a client means the same by leaving it out. */
function given<Input extends object>(input: Input): Given<Input> {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value != null)) as Given<Input>;
}

const optionsOf = (options: unknown) =>
  options == null ? {} : { providerOptions: checkObject('providerOptions', options) };

function known<Party extends string>(party: Party): Exclude<Party, 'UNKNOWN'> {
  if (party === 'UNKNOWN') throw mistake('party', '`party` is CUSTOMER or ASSISTANT');
  return party as Exclude<Party, 'UNKNOWN'>;
}

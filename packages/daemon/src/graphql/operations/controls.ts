/** The control mutations, as a table. The compiler rejects a control of the contract without a mutation. */
import type { CallId, ControlArguments, ControlName } from '@sidetone/core';
import type { InputRef, MutationFieldBuilder } from '@pothos/core';
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
import type { Builder, SchemaDeps, Types } from '../builder.ts';
import { requesterOf } from '../context.ts';
import type { Refs } from '../types/refs.ts';
import type { addControlInputs } from './control-inputs.ts';

/** The fields of the input of every control. */
interface Target {
  readonly callId: string;
  readonly idempotencyKey?: string | null | undefined;
}

interface ControlMutation<Name extends ControlName, Input extends Target = never> {
  readonly description: string;
  readonly input: InputRef<Input>;
  /** @throws {FaultError} INPUT_INVALID with the path of the field. */
  readonly toArguments: (input: Input) => ControlArguments[Name];
}

type Inputs = ReturnType<typeof addControlInputs>;

function control<Name extends ControlName, Input extends Target>(
  input: InputRef<Input>,
  description: string,
  toArguments: (input: Input) => ControlArguments[Name],
): ControlMutation<Name> {
  return { description, input, toArguments } as unknown as ControlMutation<Name>;
}

const controlsOf = (inputs: Inputs) =>
  ({
    say: control(inputs.Say, 'Makes the assistant, or a voice of the provider, speak a text.', (input) => {
      const { content, endCallAfterSpoken, interrupt } = input;
      checkText('content', content);
      return { content, endCallAfterSpoken: endCallAfterSpoken ?? false, interrupt: interrupt ?? false };
    }),
    addMessage: control(
      inputs.AddMessage,
      'Adds a message to the conversation of the assistant. The customer does not hear it.',
      ({ role, content, triggerResponse }) => {
        checkText('content', content);
        return { role, content, triggerResponse: triggerResponse ?? true };
      },
    ),
    mute: control(inputs.Mute, 'Mutes a party, so that the other one does not hear it.', toParty),
    unmute: control(inputs.Mute, 'Reverses `mute`.', toParty),
    sayFirstMessage: control(
      inputs.Call,
      'Makes the assistant speak its first message, if the call was configured to delay it.',
      () => ({}),
    ),
    transfer: control(
      inputs.Transfer,
      'Transfers the customer to another number or SIP address.',
      (input) => {
        const { callId: _call, idempotencyKey: _key, providerOptions, ...rest } = input;
        checkOneOf(input, ['number', 'sipUri']);
        return { ...withoutNulls(rest), ...optionsOf(providerOptions) };
      },
    ),
    handoff: control(inputs.Handoff, 'Hands the call over to another assistant.', (input) => {
      const { callId: _call, idempotencyKey: _key, providerOptions, assistant, ...rest } = input;
      const names = ['assistantId', 'assistant', 'streamUrl'] as const;
      const isSelectedByOptions = providerOptions != null && names.every((name) => input[name] == null);
      if (!isSelectedByOptions) checkOneOf(input, names);
      if (rest.streamUrl != null) checkUrl('streamUrl', rest.streamUrl, ['ws', 'wss']);
      return {
        ...withoutNulls(rest),
        ...(assistant != null && { assistant: checkObject('assistant', assistant) }),
        ...optionsOf(providerOptions),
      };
    }),
    endCall: control(inputs.Call, 'Ends a call.', () => ({})),
    sendDtmf: control(inputs.SendDtmf, 'Sends telephone keys (DTMF) to the call.', ({ digits }) => {
      checkDigits('digits', digits);
      return { digits };
    }),
    playAudio: control(inputs.PlayAudio, 'Plays an audio file into the call.', ({ url }) => {
      checkUrl('url', url, ['http', 'https']);
      return { url };
    }),
    clearAudio: control(
      inputs.Call,
      'Stops the audio that is being played or spoken, and discards queued audio.',
      () => ({}),
    ),
  }) as const satisfies { readonly [Name in ControlName]: ControlMutation<Name> };

export function addControls(builder: Builder, refs: Refs, inputs: Inputs, { commands }: SchemaDeps): void {
  const controls = controlsOf(inputs);

  function field<Name extends ControlName>(t: MutationFieldBuilder<Types, object>, name: Name) {
    const {
      description,
      input: type,
      toArguments,
    } = controls[name] as unknown as ControlMutation<Name, Target>;
    return t.field({
      type: refs.CommandPayload,
      description,
      args: {
        input: t.arg({ type, required: true, description: 'The call and the arguments of the command.' }),
      },
      resolve: (_root, args, context) => {
        const { input } = args;
        const commandArguments = toArguments(input);
        const key = checkedKey(input.idempotencyKey);
        const callId = input.callId as CallId;
        return ofInput(() => commands.run(name, callId, commandArguments, requesterOf(context), key));
      },
    });
  }

  builder.mutationFields((t) =>
    Object.fromEntries(
      (Object.keys(controls) as ControlName[]).map((name) => [name, field(t as never, name)]),
    ),
  );
}

/** Returns the idempotency key. @throws {FaultError} INPUT_INVALID. */
export function checkedKey(key: string | null | undefined): string | undefined {
  if (key == null) return undefined;
  checkKey('idempotencyKey', key);
  return key;
}

type NonNull<Input> = { [Key in keyof Input]?: NonNullable<Input[Key]> };

/** Removes fields that are null, which mean the same as fields that are left out. */
export function withoutNulls<Input extends object>(input: Input): NonNull<Input> {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value != null)) as NonNull<Input>;
}

export const optionsOf = (options: unknown) =>
  options == null ? {} : { providerOptions: checkObject('providerOptions', options) };

function toParty({ party }: { readonly party: ControlArguments['mute']['party'] }) {
  if (party === 'UNKNOWN') throw invalidInput('party', 'party: expected CUSTOMER or ASSISTANT');
  return { party };
}

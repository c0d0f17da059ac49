/** The inputs of the control mutations. */
import type { InputFieldBuilder } from '@pothos/core';
import type { Builder, Types } from '../builder.ts';
import type { Enums } from '../types/enums.ts';

type Fields = InputFieldBuilder<Types, 'InputObject'>;

export const addControlInputs = (builder: Builder, enums: Enums) => ({
  Call: builder.inputType('CallInput', { description: 'Selects a call.', fields: target }),
  ...addSpeechInputs(builder, enums),
  ...addAudioInputs(builder, enums),
  ...addTransferInputs(builder),
  ...addProviderInputs(builder),
});

/** The fields of every control. */
export const target = (t: Fields) => ({
  callId: t.id({ required: true, description: 'The id of the call.' }),
  idempotencyKey: idempotencyKey(t),
});

const idempotencyKey = (t: Fields) =>
  t.string({
    description:
      'Makes a retry safe. If the same access token sends the same command again with the same key, it is not executed again: the outcome of the first one is returned. Another command with the same key fails with IDEMPOTENCY_CONFLICT. 1 to 200 printable characters.',
  });

const providerOptions = (t: Fields) =>
  t.field({
    type: 'JSON',
    description: 'An object with options of the provider, passed on unchanged.',
  });

function addSpeechInputs(builder: Builder, enums: Enums) {
  return {
    Say: builder.inputType('SayInput', {
      description: 'The text to speak.',
      fields: (t) => ({
        ...target(t),
        content: t.string({ required: true, description: 'The text, at most 10,000 characters.' }),
        endCallAfterSpoken: t.boolean({
          defaultValue: false,
          description: 'Whether to end the call after the text was spoken.',
        }),
        interrupt: t.boolean({
          defaultValue: false,
          description:
            'Whether to interrupt the current speech of the assistant instead of waiting for its end.',
        }),
      }),
    }),
    AddMessage: builder.inputType('AddMessageInput', {
      description: 'A message for the conversation of the assistant.',
      fields: (t) => ({
        ...target(t),
        role: t.field({ type: enums.MessageRole, required: true, description: 'The author of the message.' }),
        content: t.string({ required: true, description: 'The text, at most 10,000 characters.' }),
        triggerResponse: t.boolean({
          defaultValue: true,
          description: 'Whether the assistant responds to it immediately.',
        }),
      }),
    }),
  };
}

function addAudioInputs(builder: Builder, enums: Enums) {
  return {
    Mute: builder.inputType('MuteInput', {
      description: 'The party to mute or unmute.',
      fields: (t) => ({
        ...target(t),
        party: t.field({
          type: enums.Party,
          required: true,
          defaultValue: 'ASSISTANT',
          description: 'CUSTOMER or ASSISTANT.',
        }),
      }),
    }),
    SendDtmf: builder.inputType('SendDtmfInput', {
      description: 'The telephone keys to send.',
      fields: (t) => ({
        ...target(t),
        digits: t.string({
          required: true,
          description: '1 to 64 keys out of `0-9 * # A-D`. `w` and `W` are pauses.',
        }),
      }),
    }),
    PlayAudio: builder.inputType('PlayAudioInput', {
      description: 'The audio to play.',
      fields: (t) => ({
        ...target(t),
        url: t.string({ required: true, description: 'The http or https URL of the audio.' }),
      }),
    }),
  };
}

function addTransferInputs(builder: Builder) {
  const content = 'A text that is spoken to the customer first.';
  return {
    Transfer: builder.inputType('TransferInput', {
      description: 'The destination of the customer. Requires exactly one of `number` and `sipUri`.',
      fields: (t) => ({
        ...target(t),
        number: t.string({
          description:
            'A telephone number in any notation, with its country code, or a national number of the configured `country`. It is sent in E.164 format.',
        }),
        extension: t.string({ description: 'An extension that is dialled after the number has answered.' }),
        sipUri: t.string({ description: 'A SIP URI.' }),
        callerId: t.string({ description: 'The caller id that the destination sees.' }),
        content: t.string({ description: content }),
        providerOptions: providerOptions(t),
      }),
    }),
    Handoff: builder.inputType('HandoffInput', {
      description:
        'The assistant that takes over. Requires exactly one of `assistantId`, `assistant` and `streamUrl`, or none of them if `providerOptions` selects the assistant.',
      fields: (t) => ({
        ...target(t),
        assistantId: t.string({ description: "The provider's id of an assistant." }),
        assistant: t.field({
          type: 'JSON',
          description: 'The definition of an assistant, as an object in the format of the provider.',
        }),
        streamUrl: t.string({ description: 'The ws or wss URL of another voice agent.' }),
        content: t.string({ description: content }),
        providerOptions: providerOptions(t),
      }),
    }),
  };
}

function addProviderInputs(builder: Builder) {
  return {
    PlaceCall: builder.inputType('PlaceCallInput', {
      description: 'The call to place.',
      fields: (t) => ({
        providerId: t.id({ required: true, description: 'The id of the provider instance.' }),
        to: t.string({
          description:
            'The number or address to call. Required unless the provider places a call without a telephone, for example over a WebSocket.',
        }),
        from: t.string({ description: 'The number or address of the caller.' }),
        assistantId: t.string({ description: "The provider's id of the assistant that speaks." }),
        providerOptions: providerOptions(t),
        idempotencyKey: idempotencyKey(t),
      }),
    }),
    WatchCall: builder.inputType('WatchCallInput', {
      description: 'A live call that another application controls.',
      fields: (t) => ({
        providerId: t.id({ required: true, description: 'The id of the provider instance of the call.' }),
        providerCallId: t.string({ required: true, description: "The provider's id of the call." }),
      }),
    }),
  };
}

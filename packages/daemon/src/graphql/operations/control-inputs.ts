/** The inputs of the control mutations. */
import type { Builder } from '../builder.ts';
import type { Enums } from '../types/enums.ts';

export function addControlInputs(builder: Builder, enums: Enums) {
  const callId = 'The call.';
  const idempotencyKey =
    'Makes a repetition safe: with the same key, whoever asks for the same gets what became of it the first time, and nothing is done again. Of another command, the same key is an IDEMPOTENCY_CONFLICT. 1 to 200 printable characters.';
  return {
    Say: builder.inputType('SayInput', {
      description: 'What to say.',
      fields: (t) => ({
        callId: t.id({ required: true, description: callId }),
        content: t.string({ required: true, description: 'The words.' }),
        endCallAfterSpoken: t.boolean({
          defaultValue: false,
          description: 'Hang up when they have been spoken.',
        }),
        interrupt: t.boolean({
          defaultValue: false,
          description: 'Cut in on what the assistant is saying now, instead of queueing behind it.',
        }),
        idempotencyKey: t.string({ description: idempotencyKey }),
      }),
    }),
    AddMessage: builder.inputType('AddMessageInput', {
      description: "A message for the assistant's conversation.",
      fields: (t) => ({
        callId: t.id({ required: true, description: callId }),
        role: t.field({ type: enums.MessageRole, required: true, description: 'Whose words it is.' }),
        content: t.string({ required: true, description: 'The words.' }),
        triggerResponse: t.boolean({
          defaultValue: true,
          description: 'Whether the assistant answers it now.',
        }),
        idempotencyKey: t.string({ description: idempotencyKey }),
      }),
    }),
    Mute: builder.inputType('MuteInput', {
      description: 'Whom to mute, or to hear again.',
      fields: (t) => ({
        callId: t.id({ required: true, description: callId }),
        party: t.field({
          type: enums.Party,
          required: true,
          defaultValue: 'ASSISTANT',
          description: 'Whom.',
        }),
        idempotencyKey: t.string({ description: idempotencyKey }),
      }),
    }),
    Call: builder.inputType('CallInput', {
      description: 'A call to do something to.',
      fields: (t) => ({
        callId: t.id({ required: true, description: callId }),
        idempotencyKey: t.string({ description: idempotencyKey }),
      }),
    }),
    Transfer: builder.inputType('TransferInput', {
      description: 'Where to move the customer. Exactly one of `number` and `sipUri`.',
      fields: (t) => ({
        callId: t.id({ required: true, description: callId }),
        number: t.string({ description: 'A telephone number, E.164.' }),
        extension: t.string({ description: 'Dialled when the number has answered.' }),
        sipUri: t.string({ description: 'A SIP address.' }),
        callerId: t.string({ description: 'Who appears to call.' }),
        content: t.string({ description: 'Spoken to the customer first.' }),
        providerOptions: t.field({ type: 'JSON', description: 'Handed to the provider as it is.' }),
        idempotencyKey: t.string({ description: idempotencyKey }),
      }),
    }),
    Handoff: builder.inputType('HandoffInput', {
      description:
        "Who is to go on. Exactly one of `assistantId`, `assistant` (the provider's own definition) and `streamUrl` (another voice agent's WebSocket); or none, where `providerOptions` says it.",
      fields: (t) => ({
        callId: t.id({ required: true, description: callId }),
        assistantId: t.string({ description: "The provider's id of an assistant." }),
        assistant: t.field({ type: 'JSON', description: "The provider's own definition of an assistant." }),
        streamUrl: t.string({ description: "Another voice agent's WebSocket." }),
        content: t.string({ description: 'Spoken to the customer first.' }),
        providerOptions: t.field({ type: 'JSON', description: 'Handed to the provider as it is.' }),
        idempotencyKey: t.string({ description: idempotencyKey }),
      }),
    }),
    SendDtmf: builder.inputType('SendDtmfInput', {
      description: 'Keys to press.',
      fields: (t) => ({
        callId: t.id({ required: true, description: callId }),
        digits: t.string({ required: true, description: 'Of `0-9 * # A-D`; `w` and `W` are pauses.' }),
        idempotencyKey: t.string({ description: idempotencyKey }),
      }),
    }),
    PlayAudio: builder.inputType('PlayAudioInput', {
      description: 'Sound to play.',
      fields: (t) => ({
        callId: t.id({ required: true, description: callId }),
        url: t.string({ required: true, description: 'Where it is, http or https.' }),
        idempotencyKey: t.string({ description: idempotencyKey }),
      }),
    }),
    PlaceCall: builder.inputType('PlaceCallInput', {
      description: 'A call to begin.',
      fields: (t) => ({
        providerId: t.id({ required: true, description: 'The provider instance.' }),
        to: t.string({ required: true, description: 'Who is called.' }),
        from: t.string({ description: 'Who calls.' }),
        assistantId: t.string({ description: "The provider's id of the assistant that talks." }),
        providerOptions: t.field({ type: 'JSON', description: 'Handed to the provider as it is.' }),
        idempotencyKey: t.string({ description: idempotencyKey }),
      }),
    }),
    WatchCall: builder.inputType('WatchCallInput', {
      description: 'A live call that others set up.',
      fields: (t) => ({
        providerId: t.id({ required: true, description: 'The provider instance that it runs at.' }),
        providerCallId: t.string({ required: true, description: "The provider's own id of the call." }),
      }),
    }),
  };
}

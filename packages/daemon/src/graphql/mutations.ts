/** Mutations: control of live calls. */
import { FaultError, type CallId } from '@sidetone/core';
import type { Builder, SchemaDeps } from './builder.ts';
import type { Refs } from './refs.ts';

/** Longest text that can be said at once, characters. */
const MAX_SAY_CHARACTERS = 10_000;
/** Who asks, until there are access tokens: anyone who reaches the loopback address. */
const LOCAL = 'local';

export function addMutations(builder: Builder, refs: Refs, { commands }: SchemaDeps): void {
  const SayInput = builder.inputType('SayInput', {
    description: 'What to say.',
    fields: (t) => ({
      callId: t.id({ required: true, description: 'To whom.' }),
      content: t.string({ required: true, description: 'The words.' }),
      endCallAfterSpoken: t.boolean({
        defaultValue: false,
        description: 'Hang up when they have been spoken.',
      }),
      interrupt: t.boolean({
        defaultValue: false,
        description: 'Cut in on what the assistant is saying now, instead of queueing behind it.',
      }),
    }),
  });
  const CallInput = builder.inputType('CallInput', {
    description: 'A call to do something to.',
    fields: (t) => ({ callId: t.id({ required: true, description: 'The call.' }) }),
  });

  builder.mutationType({
    description: 'Control of live calls. Each answers when the provider took the command, or did not.',
    fields: (t) => ({
      say: t.field({
        type: refs.CommandPayload,
        description: 'Has the assistant, or a voice of the provider, say something.',
        args: { input: t.arg({ type: SayInput, required: true, description: 'What to say.' }) },
        resolve: (_root, { input }) => {
          const { callId, content, endCallAfterSpoken, interrupt } = input;
          if (content.trim() === '') throw mistake('input.content', 'there is nothing to say');
          if (content.length > MAX_SAY_CHARACTERS) {
            throw mistake('input.content', `say at most ${MAX_SAY_CHARACTERS} characters at once`);
          }
          const args = {
            content,
            endCallAfterSpoken: endCallAfterSpoken ?? false,
            interrupt: interrupt ?? false,
          };
          return commands.run('say', callId as CallId, args, LOCAL);
        },
      }),
      endCall: t.field({
        type: refs.CommandPayload,
        description: 'Ends a call.',
        args: { input: t.arg({ type: CallInput, required: true, description: 'Which call.' }) },
        resolve: (_root, { input }) => commands.run('endCall', input.callId as CallId, {}, LOCAL),
      }),
    }),
  });
}

const mistake = (argument: string, message: string): FaultError =>
  new FaultError('INPUT_INVALID', message, { details: { argument } });

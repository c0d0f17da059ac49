/** The small types that are part of a call. */
import type { Assistant, CallEnd, Money } from '@sidetone/core';
import type { PartyLevel } from '../../live/ports.ts';
import type { Enums } from './enums.ts';
import type { Refs } from './refs.ts';

export function addCallParts(refs: Refs, enums: Enums): void {
  refs.CallEnd.implement({
    description: 'Why a call ended.',
    fields: (t) => ({
      category: t.expose('category', {
        type: enums.EndCategory,
        description: 'The reason, in terms that are the same for all providers.',
      }),
      code: t.string({
        nullable: true,
        description: "The provider's own code for the reason.",
        resolve: (end: CallEnd) => end.code,
      }),
      message: t.string({
        nullable: true,
        description: "The provider's own description of the reason.",
        resolve: (end) => end.message,
      }),
    }),
  });

  refs.Assistant.implement({
    description: 'The assistant that speaks for the account.',
    fields: (t) => ({
      providerAssistantId: t.string({
        nullable: true,
        description: "The provider's id of the assistant.",
        resolve: (assistant: Assistant) => assistant.providerAssistantId,
      }),
      name: t.string({
        nullable: true,
        description: 'The name of the assistant.',
        resolve: (assistant) => assistant.name,
      }),
    }),
  });

  refs.Money.implement({
    description: 'An amount of money.',
    fields: (t) => ({
      amount: t.float({
        description: 'The amount in the major unit of the currency, such as dollars.',
        resolve: (money: Money) => money.amount,
      }),
      currency: t.string({
        description: 'The currency as an ISO 4217 code.',
        resolve: (money) => money.currency,
      }),
    }),
  });

  refs.PartyLevel.implement({
    description:
      'The loudness of a party over a short time window, in dBFS: 0 is full scale, -90 is silence.',
    fields: (t) => ({
      party: t.expose('party', { type: enums.Party, description: 'The party.' }),
      rmsDb: t.float({
        description: 'The root mean square of the samples, dBFS.',
        resolve: (level: PartyLevel) => level.rmsDb,
      }),
      peakDb: t.float({ description: 'The largest sample, dBFS.', resolve: (level) => level.peakDb }),
      speaking: t.boolean({
        description: 'Whether the party is loud enough to be speaking, or was in the last 300 ms.',
        resolve: (level) => level.speaking,
      }),
      at: t.field({
        type: 'DateTime',
        description: 'When the level was measured.',
        resolve: (level) => level.at,
      }),
    }),
  });

  refs.Note.implement({
    description: 'A note that a person or program wrote about a call.',
    fields: (t) => ({
      id: t.id({ description: "Sidetone's id of the note.", resolve: ({ note }) => note.id }),
      text: t.string({ description: 'The text of the note.', resolve: ({ note }) => note.text }),
      at: t.field({ type: 'DateTime', description: 'When it was written.', resolve: ({ at }) => at }),
      offsetMs: t.int({
        nullable: true,
        description:
          'The moment of the call that the note refers to, in ms from the answer. Null if it refers to the whole call.',
        resolve: ({ note }) => note.offsetMs,
      }),
      author: t.string({
        nullable: true,
        description: 'The name of the access token that wrote it.',
        resolve: ({ note }) => note.author,
      }),
    }),
  });
}

/** Every field of the schema that is a text is masked, or known to have no telephone number. */
import { buildSchema, getNamedType, isObjectType } from 'graphql';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maskAddress, maskText, maskValue } from '../../../src/access/mask-numbers.ts';
import { MASKED_FIELDS } from '../../../src/graphql/guard/masking.ts';

const SCHEMA = new URL('../../../../../docs/reference/schema.graphql', import.meta.url);

/** Ids, names, codes, formats and times; and what only administrators see. */
const WITHOUT_NUMBERS = [
  'AccessToken.createdBy',
  'AccessToken.name',
  'AuditEntry.callDigest',
  'AuditEntry.details',
  'Assistant.name',
  'Assistant.providerAssistantId',
  'Backfill.message',
  'Backfill.requestedBy',
  'Call.listenUrl',
  'Call.providerCallId',
  'Call.tags',
  'CallPresence.name',
  'CallAnnotated.tagsAdded',
  'CallAnnotated.tagsRemoved',
  'CallEnd.code',
  'CallHold.by',
  'CallNotice.code',
  'CallTag.addedBy',
  'CallTag.tag',
  'TagCount.tag',
  'Command.requestedBy',
  'CreateTokenPayload.token',
  'Failure.argument',
  'ListeningChanged.by',
  'MediaStream.encoding',
  'MediaStream.endReason',
  'MediaStream.providerStreamId',
  'Money.currency',
  'Note.author',
  'PageInfo.endCursor',
  'PageInfo.startCursor',
  'Provider.displayName',
  'Provider.plugin',
  'ProviderNotice.code',
  'ProviderRequest.body',
  'ProviderRequest.code',
  'ProviderRequest.contentType',
  'ProviderRequest.messageType',
  'ProviderRequest.method',
  'ProviderRequest.path',
  'ProviderRequest.reason',
  'ProviderRequest.remedy',
  'Recording.url',
  'SignedUrl.url',
  'StatsSeries.key',
  'Transcriber.displayName',
  'Transcriber.plugin',
  'Transcriber.stateMessage',
  'Transcription.code',
  'Utterance.addedBy',
  'Viewer.name',
  'WebhookUrl.setting',
  'WebhookUrl.url',
  // Masked for every viewer.
  'Diagnostic.message',
  'Diagnostic.name',
  'Diagnostic.remedy',
];

test('every text is masked or known to have no number', () => {
  const schema = buildSchema(readFileSync(SCHEMA, 'utf8'));
  const texts = Object.values(schema.getTypeMap()).flatMap((type) =>
    isObjectType(type) && !type.name.startsWith('__')
      ? Object.values(type.getFields())
          .filter((field) => ['String', 'JSON'].includes(getNamedType(field.type).name))
          .map((field) => `${type.name}.${field.name}`)
          // Fields of every edge and event.
          .filter((name) => !/\.(?:cursor|by)$/.test(name) || /^(?:CallHold|ListeningChanged)\./.test(name))
      : [],
  );
  const unlisted = texts.filter((name) => !(name in MASKED_FIELDS) && !WITHOUT_NUMBERS.includes(name));
  expect(unlisted).toEqual([]);
  expect(WITHOUT_NUMBERS.filter((name) => !texts.includes(name))).toEqual([]);
  expect(Object.keys(MASKED_FIELDS).filter((name) => !texts.includes(name))).toEqual([]);
});

describe('a masked number', () => {
  test.each([
    ['+919876543210', '+••••••••••10'],
    ['+1 (415) 555-2671', '+• (•••) •••-••71'],
    ['sip:+14155552671@example.com', 'sip:+•••••••••71@example.com'],
    ['1001', '••••'],
    ['९८७६५४३२१०', '••••••••१०'],
    ['sip:ada@example.com', 'sip:ada@example.com'],
  ])('%s is %s', (address, expected) => {
    expect(maskAddress(address)).toBe(expected);
  });

  test('is found in texts and values', () => {
    expect(maskText('call +91 98765 43210 at 12:30, order 12345')).toBe(
      'call +•• ••••• •••10 at 12:30, order 12345',
    );
    expect(maskValue({ '+919876543210': [{ n: 9_876_543_210 }, 'x', 5, null, true] })).toEqual({
      '+••••••••••10': [{ n: '••••••••10' }, 'x', 5, null, true],
    });
  });

  test('never shows more than two of its digits', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\+?\d{7,15}$/), fc.string(), (number, around) => {
        const clean = around.replaceAll(/\p{Nd}/gu, '');
        const shown = maskText(`${clean} x ${number}`).match(/\p{Nd}/gu) ?? [];
        expect(shown.join('')).toBe(number.slice(-2));
      }),
    );
  });
});

import { expect, test } from 'vitest';
import { columnsOf, EXPORT_CONTENTS } from '../../src/export/contents.ts';
import { maskRow } from '../../src/export/masks.ts';
import { MASKED_FIELDS } from '../../src/graphql/guard/masking.ts';

const NUMBER = '+919876543210';

test.each(EXPORT_CONTENTS)('what the API masks is masked in exports of %s', (content) => {
  const type = { calls: 'Call', events: '', utterances: 'Utterance' }[content];
  for (const name of Object.keys(columnsOf(content))) {
    if (!Object.hasOwn(MASKED_FIELDS, `${type}.${name}`)) continue;
    expect(JSON.stringify(maskRow(content, { [name]: NUMBER }))).not.toContain('98765');
  }
  const event = { data: { details: { from: NUMBER }, text: `call ${NUMBER}` }, callId: 'call_1' };
  if (content === 'events') expect(JSON.stringify(maskRow(content, event))).not.toContain('98765');
});

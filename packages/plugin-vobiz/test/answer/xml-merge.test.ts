import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_ANSWER_BYTES, insertElement, type MergeOptions } from '../../src/answer/xml-merge.ts';

const STREAM = '<Stream bidirectional="false">wss://calls.example.com/stream/t</Stream>';
const RINGING = { isAnswered: false } as const;
const ANSWERED = { isAnswered: true } as const;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Expects the stream at the position of `|`, or an unchanged document without it. */
function expectMerged(marked: string, options: MergeOptions = RINGING): void {
  const merged = insertElement(bytes(marked.replace('|', '')), STREAM, options);
  expect(merged).toMatchObject({ ok: true, xml: marked.replace('|', STREAM) });
}

describe('insertElement', () => {
  it.each([
    '<Response>|<Dial><Number>+918000000001</Number></Dial></Response>',
    '<?xml version="1.0" encoding="UTF-8"?>\n<!-- ours -->\n<Response>\n  |<Speak>Hi &amp; bye</Speak>\n</Response>\n<!-- end -->\n',
    "\uFEFF<Response  a='1' ><!-- first --><?php-like x?>|<Play>https://media.example.in/a.mp3?b=1&amp;c=2</Play></Response >",
    '<Response>|<Speak><![CDATA[<Dial> & ]]]></Speak><Wait length="3"/></Response>',
    '<Response>|<Gather action="https://app.example.net"><Speak>नमस्ते</Speak></Gather></Response>',
    '<Response>|<Redirect>https://app.example.net/next</Redirect></Response>',
    '<Response>|<Stream bidirectional="true" keepCallAlive="true">wss://app.example.net/agent</Stream></Response>',
    "<?xml version='1.0' encoding='ISO-8859-1'?><Response>|<Hangup schedule='60'/><Speak>Hi</Speak></Response>",
  ])('inserts the stream before the first verb and changes nothing else: %s', (marked) => {
    expectMerged(marked);
    expectMerged(marked, ANSWERED);
  });

  it('inserts the stream after verbs that delay the answer of a ringing call', () => {
    expectMerged(
      '<Response><Wait length="5"/>\n<PreAnswer><Speak>Hold on</Speak></PreAnswer>\n|<Dial>1</Dial></Response>',
    );
  });

  it.each(['PreAnswer', 'Preanswer', 'preAnswer'])('knows %s in any spelling', (name) => {
    expectMerged(`<Response><${name}><Speak>Hold on</Speak></${name}>|<Dial>1</Dial></Response>`);
  });

  it.each([
    ['<Stream>wss://app.example.net/a</Stream>', true],
    ['<Stream bidirectional="false" audioTrack="both">wss://app.example.net/a</Stream>', true],
    ['<Speak>Hi</Speak><Stream bidirectional="true">wss://app.example.net/a</Stream>', true],
    ['<Stream bidirectional="true" keepCallAlive="false">wss://app.example.net/a</Stream>', true],
    ['<Stream bidirectional="true" keepCallAlive="true">wss://app.example.net/a</Stream>', false],
    ['<Stream>wss://app.example.net/a</Stream><Wait length="600"/>', false],
    ['<Dial>1</Dial>', false],
    ['', false],
  ])('finds out whether nothing holds the call: %s', (verbs, endsAtOnce) => {
    expect(insertElement(bytes(`<Response>${verbs}</Response>`), STREAM, RINGING)).toMatchObject({
      endsAtOnce,
    });
  });

  it('inserts the stream first if the call is already answered', () => {
    expectMerged('<Response>|<Wait length="5"/><Dial>1</Dial></Response>', ANSWERED);
  });

  it.each([
    '<Response/>',
    '<Response></Response>',
    '<Response>\n</Response>',
    '<Response><Hangup reason="busy"/></Response>',
    '<Response><Wait length="2"/><Hangup reason="rejected"></Hangup></Response>',
  ])('leaves a document unchanged that ends the call at once: %s', (document) => {
    expectMerged(document);
  });
});

describe('an invalid document', () => {
  it.each([
    '',
    'ok',
    '{"status":"ok"}',
    '<html></html>',
    '<response></response>',
    '<Response>',
    '<Response></Response><Response/>',
    '<Response></Response>x',
    '<Response><Dial></Response></Dial>',
    '<Response><Dial>1</Number></Response>',
    '<Response><Play>https://a.example/?b=1&c=2</Play></Response>',
    '<Response><Play>&nbsp;</Play></Response>',
    '<Response><Play>&#0;</Play></Response>',
    '<Response><Play>&#x110000;</Play></Response>',
    '<Response><Play>&amp</Play></Response>',
    '<Response><Dial a="1" a="2">1</Dial></Response>',
    '<Response><Dial a=1>1</Dial></Response>',
    '<Response><Dial a="<">1</Dial></Response>',
    '<Response><Dial a="1"b="2">1</Dial></Response>',
    '<Response><!-- a -- b --></Response>',
    '<Response><!-- a',
    '<Response><![CDATA[ a',
    '<Response>]]></Response>',
    '<Response><1/></Response>',
    '\n<?xml version="1.0"?><Response/>',
    '<Response><?xml version="1.0"?></Response>',
    '<!DOCTYPE Response [<!ENTITY a "b">]><Response/>',
    '<Response>\u0000</Response>',
    '<?xml version="1.0" encoding="ISO-8859-1"?><Response><Speak>é</Speak></Response>',
  ])('is rejected: %s', (document) => {
    expect(insertElement(bytes(document), STREAM, RINGING)).toMatchObject({ ok: false });
  });

  it('is rejected if it is not valid UTF-8', () => {
    const document = new Uint8Array([...bytes('<Response>'), 0xe9, ...bytes('</Response>')]);
    expect(insertElement(document, STREAM, RINGING)).toEqual({
      ok: false,
      problem: 'the document is not valid UTF-8',
    });
  });

  it('is rejected if it exceeds the limit of Vobiz with the stream', () => {
    const room = MAX_ANSWER_BYTES - STREAM.length - '<Response><Play></Play></Response>'.length;
    const document = (length: number) => bytes(`<Response><Play>${'x'.repeat(length)}</Play></Response>`);
    expect(insertElement(document(room), STREAM, RINGING)).toMatchObject({ ok: true });
    expect(insertElement(document(room + 1), STREAM, RINGING)).toMatchObject({ ok: false });
  });
});

const name = fc.stringMatching(/^[A-Za-z_][\w.-]{0,8}$/);
const escaped = fc
  .string({ unit: 'grapheme', maxLength: 12 })
  .map((text) => text.replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, ''))
  .map((text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'));
const attributes = fc
  .uniqueArray(fc.tuple(name, escaped), { selector: ([key]) => key, maxLength: 3 })
  .map((list) => list.map(([key, value]) => ` ${key}="${value.replaceAll('"', '&quot;')}"`).join(''));
const misc = fc.constantFrom('', ' ', '\n', '<!-- a > b -->', '<?note x="1"?>');
const { verb } = fc.letrec<{ verb: string; content: string }>((tie) => ({
  content: fc.oneof({ maxDepth: 3 }, escaped, misc, fc.constant('<![CDATA[<&]]>'), tie('verb')),
  verb: fc
    .tuple(name, attributes, fc.array(tie('content'), { maxLength: 3 }))
    .map(([tag, attributeText, inner]) =>
      inner.length === 0 ? `<${tag}${attributeText}/>` : `<${tag}${attributeText}>${inner.join('')}</${tag}>`,
    ),
}));

describe('any document', () => {
  it('keeps every byte and gets the stream before its first verb', () => {
    fc.assert(
      fc.property(
        fc.tuple(misc, attributes, misc),
        fc.array(verb, { minLength: 1 }),
        ([before, rootAttributes, gap], verbs) => {
          const head = `${before.trim()}<Response${rootAttributes}>${gap}`;
          const rest = `${verbs.join('')}</Response>${gap}`;
          const merged = insertElement(bytes(head + rest), STREAM, ANSWERED);
          // A generated Hangup is very unlikely; such a document would be unchanged.
          expect(merged).toMatchObject({ ok: true, xml: head + STREAM + rest });
        },
      ),
    );
  });

  it('is rejected if it is truncated', () => {
    fc.assert(
      fc.property(
        fc.array(verb),
        fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        (verbs, share) => {
          const document = `<Response>${verbs.join('')}</Response>`;
          const part = document.slice(0, Math.floor(document.length * share));
          expect(insertElement(bytes(part), STREAM, RINGING).ok).toBe(false);
        },
      ),
    );
  });

  it('never makes insertElement throw', () => {
    const piece = fc.constantFrom(
      '<',
      '>',
      '/',
      '<Response>',
      '</Response>',
      '&',
      '&#',
      ';',
      '<!--',
      '-->',
      '<?',
      '"',
      '=',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 20 }), (pieces) => {
        const { ok } = insertElement(bytes(pieces.join('')), STREAM, RINGING);
        expect(typeof ok).toBe('boolean');
      }),
    );
    fc.assert(fc.property(fc.uint8Array(), (raw) => void insertElement(raw, STREAM, RINGING)));
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_ANSWER_BYTES, insertElement, type MergeOptions } from '../../src/answer/xml-merge.ts';

const STREAM = '<Stream bidirectional="false">wss://calls.example.com/stream/t</Stream>';
const RINGING = { isAnswered: false } as const;
const ANSWERED = { isAnswered: true } as const;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The document with the stream where `|` stands in it, if anywhere. */
function expectWoven(marked: string, options: MergeOptions = RINGING): void {
  const woven = insertElement(bytes(marked.replace('|', '')), STREAM, options);
  expect(woven).toEqual({ ok: true, xml: marked.replace('|', STREAM) });
}

describe('the stream', () => {
  it.each([
    '<Response>|<Dial><Number>+918000000001</Number></Dial></Response>',
    '<?xml version="1.0" encoding="UTF-8"?>\n<!-- ours -->\n<Response>\n  |<Speak>Hi &amp; bye</Speak>\n</Response>\n<!-- end -->\n',
    "\uFEFF<Response  a='1' ><!-- first --><?php-like x?>|<Play>https://media.example.in/a.mp3?b=1&amp;c=2</Play></Response >",
    '<Response>|<Speak><![CDATA[<Dial> & ]]]></Speak><Wait length="3"/></Response>',
    '<Response>|<Gather action="https://app.example.net"><Speak>नमस्ते</Speak></Gather></Response>',
    '<Response>|<Redirect>https://app.example.net/next</Redirect></Response>',
    '<Response>|<Stream bidirectional="true" keepCallAlive="true">wss://app.example.net/agent</Stream></Response>',
    "<?xml version='1.0' encoding='ISO-8859-1'?><Response>|<Hangup schedule='60'/><Speak>Hi</Speak></Response>",
  ])('stands before the first verb, and all else stays: %s', (marked) => {
    expectWoven(marked);
    expectWoven(marked, ANSWERED);
  });

  it('stands behind what delays the answering of a call that rings', () => {
    expectWoven(
      '<Response><Wait length="5"/>\n<PreAnswer><Speak>Hold on</Speak></PreAnswer>\n|<Dial>1</Dial></Response>',
    );
  });

  it('stands first where nothing can be delayed any more', () => {
    expectWoven('<Response>|<Wait length="5"/><Dial>1</Dial></Response>', ANSWERED);
  });

  it.each([
    '<Response/>',
    '<Response></Response>',
    '<Response>\n</Response>',
    '<Response><Hangup reason="busy"/></Response>',
    '<Response><Wait length="2"/><Hangup reason="rejected"></Hangup></Response>',
  ])('is left out of what ends the call at once, which would be answered by it: %s', (document) => {
    expectWoven(document);
  });
});

describe('what is no answer', () => {
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
  ])('is told apart: %s', (document) => {
    expect(insertElement(bytes(document), STREAM, RINGING)).toMatchObject({ ok: false });
  });

  it('is also what is no UTF-8', () => {
    const document = new Uint8Array([...bytes('<Response>'), 0xe9, ...bytes('</Response>')]);
    expect(insertElement(document, STREAM, RINGING)).toEqual({
      ok: false,
      problem: 'the document is not valid UTF-8',
    });
  });

  it('is what Vobiz would not take for its length, the stream included', () => {
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
const aside = fc.constantFrom('', ' ', '\n', '<!-- a > b -->', '<?note x="1"?>');
const { verb } = fc.letrec<{ verb: string; content: string }>((tie) => ({
  content: fc.oneof({ maxDepth: 3 }, escaped, aside, fc.constant('<![CDATA[<&]]>'), tie('verb')),
  verb: fc
    .tuple(name, attributes, fc.array(tie('content'), { maxLength: 3 }))
    .map(([tag, told, inner]) =>
      inner.length === 0 ? `<${tag}${told}/>` : `<${tag}${told}>${inner.join('')}</${tag}>`,
    ),
}));

describe('whatever the application says', () => {
  it('is answered with every byte of it, and the stream in front of its first verb', () => {
    fc.assert(
      fc.property(
        fc.tuple(aside, attributes, aside),
        fc.array(verb, { minLength: 1 }),
        ([before, told, gap], verbs) => {
          const head = `${before.trim()}<Response${told}>${gap}`;
          const rest = `${verbs.join('')}</Response>${gap}`;
          const woven = insertElement(bytes(head + rest), STREAM, ANSWERED);
          // A hangup of the generator's own making is very unlikely, and would be left alone.
          expect(woven).toEqual({ ok: true, xml: head + STREAM + rest });
        },
      ),
    );
  });

  it('is no answer when its end is missing', () => {
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

  it('is never a reason to throw', () => {
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

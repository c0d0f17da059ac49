import { describe, expect, it } from 'vitest';
import { decodeAnswer, MAX_ANSWER_BYTES } from '../../../src/vobiz/verbs/answer-xml.ts';

describe('decodeAnswer', () => {
  it('returns the verbs in order, with attributes, trimmed text and children', () => {
    const xml = `<?xml version="1.0" encoding="UTF-8"?>
      <Response>
        <Stream audioTrack="both" contentType="audio/x-mulaw;rate=8000">
          wss://tap.example/s?a=1&amp;b=2
        </Stream>
        <Dial callerId="91800"><Number> +9190 </Number><User>sip:a@b</User></Dial>
      </Response>`;
    expect(decodeAnswer(xml)).toEqual([
      {
        name: 'Stream',
        attributes: { audioTrack: 'both', contentType: 'audio/x-mulaw;rate=8000' },
        text: 'wss://tap.example/s?a=1&b=2',
        children: [],
      },
      {
        name: 'Dial',
        attributes: { callerId: '91800' },
        text: '',
        children: [
          { name: 'Number', attributes: {}, text: '+9190' },
          { name: 'User', attributes: {}, text: 'sip:a@b' },
        ],
      },
    ]);
  });

  it('accepts an empty response', () => {
    expect(decodeAnswer('<Response/>')).toEqual([]);
  });

  it('accepts CDATA and SSML in a Speak', () => {
    const xml =
      '<Response><Speak><![CDATA[a & b]]></Speak><Speak>one <break time="1s"/><emphasis>two</emphasis></Speak></Response>';
    expect(decodeAnswer(xml)?.map(({ text }) => text)).toEqual(['a & b', 'one two']);
  });

  it.each([
    ['a raw ampersand', '<Response><Stream>wss://tap.example/s?a=1&b=2</Stream></Response>'],
    ['an element that is not closed', '<Response><Hangup></Response>'],
    ['a second root', '<Response/><Response/>'],
    ['nothing', ''],
    ['text instead', 'Hangup'],
    ['another root', '<Answer/>'],
    ['a verb that another vendor has', '<Response><Pause/></Response>'],
    ['a verb in the wrong case', '<Response><hangup/></Response>'],
    ['a child that is not allowed', '<Response><Stream><Parameter name="a"/>wss://x</Stream></Response>'],
    ['text between the verbs', '<Response>please <Hangup/></Response>'],
    ['an attribute without quotes', '<Response><Wait length=1/></Response>'],
    ['more bytes than are allowed', `<Response><Speak>${'x'.repeat(MAX_ANSWER_BYTES)}</Speak></Response>`],
  ])('returns undefined for %s', (_, xml) => {
    expect(decodeAnswer(xml)).toBeUndefined();
  });
});

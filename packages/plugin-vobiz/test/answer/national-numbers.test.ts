import { describe, expect, it } from 'vitest';
import { withCountry } from '../../src/answer/national-numbers.ts';
import { readOptions, start } from '../harness.ts';
import { form } from '../samples.ts';

const AGENT = 'wss://agent.example.com/call';
const tap = { mode: 'tap', dial: '080 5555 1234', callerId: '080-5555-0000' };
const fallback = { dial: '(080) 5555 1234' };

describe('a national number in the options', () => {
  it.each([
    [{ answer: tap, from: '080 5555 9999' }, ['+918055551234', '+918055550000', '+918055559999']],
    [{ answer: { mode: 'agent', fallback }, agentUrl: AGENT }, ['+918055551234', undefined, undefined]],
    [
      { answer: { mode: 'xml', url: 'https://app.example.com/', callerId: tap.callerId, fallback } },
      ['+918055551234', '+918055550000', undefined],
    ],
  ])('is completed with the country: %j', async (options, expected) => {
    const { answer, from } = withCountry(await readOptions(options), 'IN');
    const dial = answer?.mode === 'tap' ? answer.dial : answer?.fallback?.dial;
    expect([dial, answer?.callerId, from]).toEqual(expected);
  });

  it.each(['1001', 'sip:08055551234@pbx.example.net', '+14155550100'])(
    'is not invented: %s',
    async (dial) => {
      const { answer } = withCountry(await readOptions({ answer: { mode: 'tap', dial } }), 'IN');
      expect(answer).toMatchObject({ dial });
    },
  );

  it.each([undefined, 'XX'])('is unchanged with the country %s', async (country) => {
    const options = await readOptions({ answer: tap });
    expect(withCountry(options, country)).toBe(options);
  });

  it('is dialled with its country code', async () => {
    const { post } = await start({ answer: tap }, { country: 'IN' });
    const { body } = await post('answer', form('answer_minimal_fields'));
    expect(body).toMatch(/<Dial callerId="\+918055550000"[^>]*><Number>\+918055551234<\/Number>/);
  });
});

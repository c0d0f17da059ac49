import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkpoint,
  clearAudio,
  clearedAudio,
  decodeAgentMessage,
  playAudio,
  stop,
} from '../../src/relay/agent-wire.ts';
import { frame, samplesOf, STREAM, textOf } from '../samples.ts';

const sample = (name: string): object => samplesOf('stream-out').find((each) => each.name === name)!.body;

describe('decodeAgentMessage', () => {
  it.each([
    ['play_audio_l16_24k', { type: 'playAudio', contentType: 'audio/x-l16', sampleRate: 24_000 }],
    ['play_audio_mulaw_60ms', { type: 'playAudio', contentType: 'audio/x-mulaw', sampleRate: 8000 }],
    ['checkpoint_unicode', { type: 'checkpoint' }],
    ['clear_audio', { type: 'clearAudio', streamId: STREAM }],
    ['stop', { type: 'stop', streamId: STREAM }],
    ['send_dtmf_plivo_only_unverified', { type: 'unknown' }],
  ])('decodes %s', (name, expected) => {
    expect(decodeAgentMessage(textOf(sample(name) as Readonly<Record<string, unknown>>))).toMatchObject(
      expected,
    );
  });

  it('accepts any text', () => {
    fc.assert(fc.property(fc.string(), (text) => void decodeAgentMessage(text)));
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (value, media) => {
        const texts = [value, { event: 'playAudio', streamId: value, media }, { event: value }].map((each) =>
          JSON.stringify(each),
        );
        for (const text of texts) decodeAgentMessage(text);
      }),
    );
    expect(decodeAgentMessage('[]').type).toBe('malformed');
    expect(decodeAgentMessage('{').type).toBe('malformed');
  });
});

describe('messages of this daemon', () => {
  it('are encoded as documented', () => {
    const l16 = sample('play_audio_l16_16k') as { media: { payload: string } };
    const format = { encoding: 'audio/x-l16', sampleRate: 16_000 };
    expect(JSON.parse(playAudio(STREAM, format, l16.media.payload))).toEqual(l16);
    expect(JSON.parse(checkpoint(STREAM, 'turn-7-end'))).toEqual(sample('checkpoint'));
    expect(JSON.parse(clearAudio(STREAM))).toEqual(sample('clear_audio'));
    expect(JSON.parse(stop(STREAM))).toEqual(sample('stop'));
    expect(JSON.parse(clearedAudio(STREAM))).toEqual(JSON.parse(frame('cleared_audio_no_sequence')));
  });

  it('name no stream if the start named none', () => {
    expect(stop(undefined)).toBe('{"event":"stop"}');
  });
});

import { describe, expect, it } from 'vitest';
import { isUndecodable } from '../../../src/deepgram/connection/undecodable.ts';

describe('bytes that are no audio', () => {
  it.each(['RIFF....WAVE', 'OggS', 'fLaC', '\x1a\x45\xdf\xa3', '{"type":"KeepAlive"}'])(
    'are %j at the beginning of a stream',
    (text) => {
      expect(isUndecodable(Buffer.from(text, 'latin1'), true)).toBe(true);
    },
  );

  it.each(['OggS', '{ is a sample', '\xff\xff'])('are not %j in its middle', (text) => {
    expect(isUndecodable(Buffer.from(text, 'latin1'), false)).toBe(false);
  });

  it('are messages in its middle, too', () => {
    expect(isUndecodable(Buffer.from('{"type":"Finalize"}'), false)).toBe(true);
  });
});

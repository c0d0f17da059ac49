import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { payloadBytes, readPayload } from '../../src/stream/payload.ts';

describe('a payload', () => {
  it('is decoded with and without padding, and its size is known without decoding', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 50 }), (bytes) => {
        const padded = Buffer.from(bytes).toString('base64');
        for (const payload of [padded, padded.replaceAll('=', '')]) {
          expect([...(readPayload(payload)?.bytes ?? [])]).toEqual([...bytes]);
          expect(payloadBytes(payload)).toBe(bytes.length);
        }
      }),
    );
  });

  it.each([['@@not*base64@@'], [''], ['='], ['AAAA AAAA'], [undefined]])(
    'is rejected if it is %j',
    (payload) => {
      expect(readPayload(payload)).toBeUndefined();
    },
  );

  it('drops half a sample at its end', () => {
    expect(readPayload(Buffer.from([1, 2, 3]).toString('base64'), 'le')).toMatchObject({
      bytes: Buffer.from([1, 2]),
      wasOdd: true,
    });
  });

  it('is returned little-endian', () => {
    const payload = Buffer.from([1, 2, 3, 4]).toString('base64');
    expect(readPayload(payload, 'le')?.bytes).toEqual(Buffer.from([1, 2, 3, 4]));
    expect(readPayload(payload, 'be')?.bytes).toEqual(Buffer.from([2, 1, 4, 3]));
  });
});

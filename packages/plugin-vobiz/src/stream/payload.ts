/** Decodes the base64 payload of a media message, strictly enough to detect invalid payloads. Pure. */
import type { ByteOrder, ByteOrderOf } from './byte-order.ts';

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** Returns the size of a payload without decoding it; 0 if there is none. */
export function payloadBytes(payload: string | undefined): number {
  if (payload === undefined) return 0;
  const padding = payload.endsWith('==') ? 2 : payload.endsWith('=') ? 1 : 0;
  return Math.floor(((payload.length - padding) * 3) / 4);
}

interface Payload {
  readonly bytes: Uint8Array;
  /** Whether half a sample at the end was dropped. */
  readonly wasOdd: boolean;
  /** The byte order as received; undefined for single bytes, or while it is not known. */
  readonly order?: ByteOrder | undefined;
}

/**
 * Returns the bytes of a payload, padded or not; undefined if it is not valid base64. `byteOrder` is that of 16-bit samples,
 * which are returned little-endian, or as received while the order is not known; without it, samples are single bytes.
 * @param isBase64 whether the payload is known to be valid
 */
export function readPayload(
  payload: string | undefined,
  byteOrder?: ByteOrder | ByteOrderOf,
  isBase64 = false,
): Payload | undefined {
  if (payload === undefined || (!isBase64 && !BASE64.test(payload))) return undefined;
  const bytes = Buffer.from(payload, 'base64');
  if (bytes.length === 0) return undefined;
  if (byteOrder === undefined) return { bytes, wasOdd: false };
  const whole = bytes.subarray(0, bytes.length - (bytes.length % 2));
  const order = typeof byteOrder === 'string' ? byteOrder : byteOrder(whole);
  return { bytes: order === 'be' ? whole.swap16() : whole, wasOdd: whole.length < bytes.length, order };
}

/** The audio in a media message: base64, read strictly enough to tell audio from rubbish. */
import type { ByteOrder, ByteOrderOf } from './byte-order.ts';

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** How many bytes a payload stands for, without reading it; 0 for none. */
export function payloadBytes(payload: string | undefined): number {
  if (payload === undefined) return 0;
  const padding = payload.endsWith('==') ? 2 : payload.endsWith('=') ? 1 : 0;
  return Math.floor(((payload.length - padding) * 3) / 4);
}

export interface Payload {
  readonly bytes: Uint8Array;
  /** Whether half a sample was left out at the end. */
  readonly wasOdd: boolean;
}

/**
 * The bytes of a payload, padded or not; undefined when it is no base64. `byteOrder` is that of 16-bit samples, which
 * come out little-endian; without it samples are single bytes.
 */
export function readPayload(
  payload: string | undefined,
  byteOrder?: ByteOrder | ByteOrderOf,
): Payload | undefined {
  if (payload === undefined || !BASE64.test(payload)) return undefined;
  const bytes = Buffer.from(payload, 'base64');
  if (bytes.length === 0) return undefined;
  if (byteOrder === undefined) return { bytes, wasOdd: false };
  const whole = bytes.subarray(0, bytes.length - (bytes.length % 2));
  const order = typeof byteOrder === 'string' ? byteOrder : byteOrder(whole);
  return { bytes: order === 'be' ? whole.swap16() : whole, wasOdd: whole.length < bytes.length };
}

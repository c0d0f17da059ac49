/**
 * Decodes 16-bit PCM: little-endian, or big-endian as in "L16" of RFC 3551. Returns a view of the bytes if the byte order of
 * the machine and the alignment allow it, otherwise a copy.
 */

const HOST_IS_LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

function decode(bytes: Uint8Array, isLittleEndian: boolean): Int16Array {
  const count = bytes.length >> 1;
  if (HOST_IS_LITTLE_ENDIAN === isLittleEndian && bytes.byteOffset % 2 === 0) {
    return new Int16Array(bytes.buffer, bytes.byteOffset, count);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Int16Array.from({ length: count }, (_, i) => view.getInt16(i * 2, isLittleEndian));
}

/** Returns the little-endian samples in `bytes`. Ignores an odd last byte. The result may share memory with `bytes`. */
export const decodePcm16le = (bytes: Uint8Array): Int16Array => decode(bytes, true);

/** Returns the big-endian samples in `bytes`. Ignores an odd last byte. The result may share memory with `bytes`. */
export const decodePcm16be = (bytes: Uint8Array): Int16Array => decode(bytes, false);

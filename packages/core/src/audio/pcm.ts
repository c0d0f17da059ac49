/**
 * Signed 16-bit samples as bytes, in either order: little-endian as PCs keep them, big-endian as RFC 3551 sends "L16".
 * Reading gives a view where the machine and the alignment allow it, else a copy.
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

/** The little-endian samples in `bytes`. An odd last byte is left out. The result may share memory with `bytes`. */
export const decodePcm16le = (bytes: Uint8Array): Int16Array => decode(bytes, true);

/** The big-endian samples in `bytes`. An odd last byte is left out. The result may share memory with `bytes`. */
export const decodePcm16be = (bytes: Uint8Array): Int16Array => decode(bytes, false);

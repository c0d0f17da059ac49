/**
 * G.711 mu-law. ITU-T G.711 (1988), table 2: a 14-bit sample as sign, 3-bit segment and 4-bit step, all bits inverted.
 * Samples here are 16 bits wide: the 14-bit value times four.
 */

/** The offset that makes every segment start at a power of two, for 16-bit samples (33 times 4). */
const BIAS = 132;

function expand(octet: number): number {
  const bits = ~octet & 0xff;
  const segment = (bits >> 4) & 0x07;
  const magnitude = ((((bits & 0x0f) << 3) + BIAS) << segment) - BIAS;
  return bits & 0x80 ? -magnitude : magnitude;
}

/** The 16-bit sample for each mu-law octet, -32124 to 32124. */
export const MULAW_TO_LINEAR: Int16Array = Int16Array.from({ length: 256 }, (_, octet) => expand(octet));

/**
 * Decodes mu-law into 16-bit samples, one for each octet.
 * @param into where to write them, of the same length; a new array by default
 */
export function decodeMulaw(
  octets: Uint8Array,
  into: Int16Array = new Int16Array(octets.length),
): Int16Array {
  for (let i = 0; i < octets.length; i++) into[i] = MULAW_TO_LINEAR[octets[i]!]!;
  return into;
}

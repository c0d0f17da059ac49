// What a service that was promised raw audio cannot decode. PCM always decodes, so only what is plainly something
// else is found out: a file with a header, or JSON that should have been text.

const CONTAINERS = ['RIFF', 'OggS', 'fLaC', '\x1a\x45\xdf\xa3'];
const OPENING_BRACE = 0x7b;

/** Whether bytes are no raw audio. Only the first ones of a stream may give away a file. */
export function isUndecodable(bytes: Buffer, isFirst: boolean): boolean {
  if (isFirst && CONTAINERS.includes(bytes.toString('latin1', 0, 4))) return true;
  return bytes[0] === OPENING_BRACE && isJson(bytes.toString('utf8'));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Finds secrets in a text, also in encodings in which headers, URLs and dumps contain them. */
/** Shorter fragments could occur by chance. */
const MIN_LENGTH = 6;
const BASE64_BYTES = 3;

/** Returns the part of the base64 form that does not depend on the text around the secret, for each alignment. */
function base64Forms(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  return [0, 1, 2].map((shift) => {
    const start = shift === 0 ? 0 : BASE64_BYTES - shift;
    const whole = Math.floor((bytes.length - start) / BASE64_BYTES) * BASE64_BYTES;
    return bytes.toString('base64', start, start + whole);
  });
}

function formsOf(secret: string): readonly string[] {
  const hex = Buffer.from(secret).toString('hex');
  const base64 = base64Forms(secret);
  const urlSafe = base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'));
  const forms = [...base64, ...urlSafe, hex, hex.toUpperCase()];
  return [secret, ...forms.filter(({ length }) => length >= MIN_LENGTH)];
}

/** Returns the text without percent encoding. */
const percentDecoded = (text: string): string =>
  text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (bytes) => Buffer.from(bytes.replaceAll('%', ''), 'hex').toString());

/** Returns whether a text contains one of the secrets: as it is, or in base64, hexadecimal digits or percent encoding. */
export function containsSecret(text: string, secrets: readonly string[]): boolean {
  const decoded = percentDecoded(text);
  return secrets.some((secret) =>
    formsOf(secret).some((form) => text.includes(form) || decoded.includes(form)),
  );
}

/**
 * Replaces secrets in every encoding in which a header, a URL or a body contains them: as they are, percent-encoded (also twice),
 * with the escapes of JSON and XML, in hexadecimal digits and in base64.
 */

/** Shorter texts would be found by chance. They are replaced where a header or a field has them. */
export const MIN_SECRET_CHARACTERS = 4;
/** Most credentials of requests that are remembered, besides the configured secrets. */
export const MAX_LEARNED_CREDENTIALS = 1000;
/** Most tokens of a plugin that are recognised. Of more, the oldest is forgotten. */
export const MAX_MASKED_TOKENS = 1000;
const MIN_BASE64_CHARACTERS = 6;

interface KnownSecret {
  readonly value: string;
  readonly mask: string;
  /** Finds the secret as text, in any escapes. */
  readonly text: RegExp;
  readonly hex: RegExp;
  /** The parts of its base64 forms that do not depend on the text around them. */
  readonly base64: readonly string[];
}

export class SecretMasks {
  readonly #known = new Map<string, KnownSecret>();
  readonly #counts = new Map<string, number>();
  readonly #tokens = new Set<string>();
  #learned = 0;

  /** Adds a secret. Returns its replacement, such as `masked-secret-1`. */
  add(value: string, kind: 'secret' | 'token' = 'secret'): string {
    if (kind === 'token') this.#rememberToken(value);
    return this.#add(value, kind);
  }

  /** As {@link add}, for a credential that was found in a request. */
  learn(value: string): string {
    const known = this.#known.get(value);
    if (known) return known.mask;
    if (isMask(value)) return value;
    if (this.#learned >= MAX_LEARNED_CREDENTIALS) return 'masked-credential';
    this.#learned++;
    return this.#add(value, 'credential');
  }

  mask(text: string): string {
    let masked = text;
    // The patterns are slow, so a text is searched for the secret first: as it is, and without escapes.
    const readable = /[%\\&+]/.test(text) ? [text, ...unescaped(text)] : [text];
    const isHex = HEX.test(text);
    for (const { value, mask, text: pattern, hex, base64 } of this.#known.values()) {
      if (value.length < MIN_SECRET_CHARACTERS) continue;
      if (masked.length < value.length) continue;
      if (readable.some((each) => each.includes(value))) masked = masked.replaceAll(pattern, mask);
      if (masked.length >= 2 * value.length && isHex)
        masked = masked.replaceAll(hex, Buffer.from(mask).toString('hex'));
      for (const form of base64) if (masked.includes(form)) masked = replaceBase64(masked, form, value, mask);
    }
    return masked;
  }

  #add(value: string, kind: string): string {
    const known = this.#known.get(value);
    if (known) return known.mask;
    const number = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, number);
    const mask = `masked-${kind}-${number}`;
    this.#known.set(value, {
      value,
      mask,
      text: textPattern(value),
      hex: hexPattern(value),
      base64: base64Forms(value),
    });
    this.#sort();
    return mask;
  }

  #rememberToken(value: string): void {
    this.#tokens.add(value);
    const [oldest] = this.#tokens;
    if (oldest === undefined || this.#tokens.size <= MAX_MASKED_TOKENS) return;
    this.#tokens.delete(oldest);
    this.#known.delete(oldest);
  }

  /** A secret may contain another one, which must not be replaced first. */
  #sort(): void {
    const sorted = [...this.#known].toSorted(([one], [other]) => other.length - one.length);
    this.#known.clear();
    for (const [value, known] of sorted) this.#known.set(value, known);
  }
}

/** Fewer digits are too short for a secret. */
const HEX = new RegExp(`[\\da-f]{${2 * MIN_SECRET_CHARACTERS}}`, 'i');
const isMask = (text: string): boolean => /^masked-[a-z]+(?:-\d+)?$/.test(text);

/** Percent encoding of percent encoding of percent encoding. */
const MOST_ENCODINGS = 3;
const ENTITIES: Readonly<Record<string, string>> = { quot: '"', amp: '&', lt: '<', gt: '>', apos: "'" };

/** Returns a text without any escapes, with a plus as it is and as the space of a form. */
function unescaped(text: string): readonly string[] {
  let plain = text;
  for (let i = 0; i < MOST_ENCODINGS && plain.includes('%'); i++) {
    plain = plain.replaceAll(/(?:%[\da-f]{2})+/gi, (bytes) =>
      Buffer.from(bytes.replaceAll('%', ''), 'hex').toString('utf8'),
    );
  }
  plain = plain
    .replaceAll(/\\u([\da-f]{4})/gi, (_, unit: string) => String.fromCharCode(Number.parseInt(unit, 16)))
    .replaceAll(/\\(["/\\])/g, '$1')
    .replaceAll(/&(quot|amp|lt|gt|apos);/g, (_, name: string) => ENTITIES[name]!)
    .replaceAll(/&#0*(\d{1,7});/g, (found, code: string) =>
      Number(code) <= MAX_CODE_POINT ? String.fromCodePoint(Number(code)) : found,
    );
  return [plain, plain.replaceAll('+', ' ')];
}

const MAX_CODE_POINT = 0x10_ff_ff;

/** Escapes that name a character: of JSON and of XML. */
const NAMED: Readonly<Record<string, string>> = {
  '"': '\\"|&quot;',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  "'": '&apos;',
  '/': '\\/',
  '\\': '\\\\',
  ' ': '+',
};

/** Returns a pattern of a text with any of its characters escaped. */
function textPattern(value: string): RegExp {
  const characters = Array.from(value, (character) => {
    const percent = [...Buffer.from(character)].map((byte) => `%(?:25)*${anyCase(byte)}`).join('');
    const codePoint = character.codePointAt(0)!;
    const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i));
    const unicode = units
      .map((unit) => String.raw`\\u${anyCaseHex(unit.toString(16).padStart(4, '0'))}`)
      .join('');
    const named = (NAMED[character] ?? '')
      .split('|')
      .filter((each) => each !== '')
      .map(escaped);
    return `(?:${[escaped(character), percent, unicode, `&#0*${codePoint};`, ...named].join('|')})`;
  });
  return new RegExp(characters.join(''), 'gu');
}

const escaped = (text: string): string => text.replaceAll(/[$()*+./?[\\\]^{|}]/g, String.raw`\$&`);
const anyCaseHex = (digits: string): string =>
  digits.replaceAll(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
const anyCase = (byte: number): string => anyCaseHex(byte.toString(16).padStart(2, '0'));

const hexPattern = (value: string): RegExp => new RegExp(Buffer.from(value).toString('hex'), 'gi');

function base64Forms(value: string): readonly string[] {
  const bytes = Buffer.from(value);
  const forms = [0, 2, 1].map((start) => {
    const whole = Math.floor((bytes.length - start) / 3) * 3;
    return whole <= 0 ? '' : bytes.toString('base64', start, start + whole);
  });
  const urlSafe = forms.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'));
  return [...new Set([...forms, ...urlSafe])].filter(({ length }) => length >= MIN_BASE64_CHARACTERS);
}

const BASE64 = /[A-Za-z0-9+/_-]/;

/** Decodes the base64 around a part of a secret, replaces the secret, and encodes it again. */
function replaceBase64(text: string, form: string, value: string, mask: string): string {
  let masked = text;
  for (let at = masked.indexOf(form), from = 0; at >= 0; at = masked.indexOf(form, from)) {
    let start = at;
    let end = at + form.length;
    while (start > 0 && BASE64.test(masked[start - 1]!)) start--;
    while (end < masked.length && BASE64.test(masked[end]!)) end++;
    const encoded = masked.slice(start, end);
    const alphabet = /[-_]/.test(encoded) ? 'base64url' : 'base64';
    const decoded = Buffer.from(encoded, alphabet).toString('latin1');
    const replaced = decoded.replaceAll(Buffer.from(value).toString('latin1'), mask);
    const isFound = replaced !== decoded;
    const padding = /^={0,2}/.exec(masked.slice(end))![0];
    const again = Buffer.from(replaced, 'latin1').toString(alphabet);
    const part = isFound
      ? padding === ''
        ? again.replaceAll('=', '')
        : again
      : encoded.replaceAll(form, 'A'.repeat(form.length));
    masked = masked.slice(0, start) + part + masked.slice(isFound ? end + padding.length : end);
    from = start + part.length;
  }
  return masked;
}

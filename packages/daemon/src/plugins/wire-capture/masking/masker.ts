/**
 * Masks what a provider and its plugin send each other, for a file that an author of a plugin may publish. Equal values have equal
 * replacements, so a masked call still hangs together. docs/guide/capture-a-call.md lists what is masked.
 */
import { kindOf, kindOfHeader, type Field } from './field-names.ts';
import { NumberMasks } from './number-masks.ts';
import { MIN_SECRET_CHARACTERS, SecretMasks } from './secret-masks.ts';
import {
  looksLikeJson,
  looksLikeXml,
  replaceInForm,
  replaceInJson,
  replaceInMultipart,
  replaceInXml,
} from './structured.ts';
import { WordMasks } from './word-masks.ts';

export interface MaskerOptions {
  /** The configured secrets. */
  readonly secrets: readonly string[];
  /** The public URL of the provider's ingress; it is replaced by that of the fake host of the testkit. */
  readonly publicUrl: URL;
}

/** The public URL of the fake host. */
const MASKED_URL = { host: 'calls.example.com', path: '/providers/fake/' };
/** JSON in JSON, such as the arguments of a tool, at most this deep. */
const MAX_DEPTH = 8;
/** Shorter texts contain neither a secret nor a number, characters. */
const SHORTEST = MIN_SECRET_CHARACTERS;
/** A text with at least this number of words is prose, whatever its field. */
const PROSE_WORDS = 3;
const PROSE = new RegExp(String.raw`^\s*(?:\S+\s+){${PROSE_WORDS - 1}}\S`);
const LETTERS = /\p{L}{2}/u;
const JWT = /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}/g;
const SCHEME = /^(basic|bearer|token|apikey|digest)\s+(\S.*)$/i;
const USER_INFO = /(?<=\/\/)[^\s/@:"'<>]{1,256}:[^\s/@"'<>]{1,256}(?=@)/g;
const QUERY = /(?<=\?)[^\s#"'<>]+/g;
/** Audio, in base64. Shorter base64 is masked as text. */
const LONG_BASE64 = /^[A-Za-z0-9+/_-]{80,}={0,2}$/;
/** Bytes of a binary message: shorter ones are kept. */
const MIN_AUDIO_BYTES = 80;

export type MaskedBytes =
  { readonly text: string } | { readonly silence: number } | { readonly base64: string };

export class Masker {
  readonly secrets = new SecretMasks();
  readonly #numbers = new NumberMasks();
  readonly #words = new WordMasks();
  readonly #addresses: readonly (readonly [pattern: RegExp, replacement: string])[];

  constructor({ secrets, publicUrl }: MaskerOptions) {
    for (const secret of secrets) this.secrets.add(secret);
    this.#addresses = addressesOf(publicUrl);
  }

  /** Masks a body, a message or a field. `contentType` helps if the text does not show what it is. */
  text(text: string, contentType = ''): string {
    return this.#any(text, contentType, MAX_DEPTH);
  }

  /** Masks a message of a socket. Audio is replaced by silence of the same length. */
  bytes(bytes: Uint8Array, contentType = ''): MaskedBytes {
    const text = decode(bytes);
    if (text !== undefined) return { text: this.text(text, contentType) };
    if (bytes.length >= MIN_AUDIO_BYTES) return { silence: bytes.length };
    return { base64: Buffer.from(bytes).toString('base64') };
  }

  /** Masks a URL or a path. */
  address(text: string): string {
    return this.#plain(text);
  }

  headers(headers: Readonly<Record<string, string | undefined>>): Record<string, string> {
    const masked: Record<string, string> = {};
    for (const [name, value] of Object.entries(headers)) {
      const kind = kindOfHeader(name);
      if (kind === 'omitted' || value === undefined) continue;
      if (kind === 'signature') masked[name] = 'masked-signature';
      else if (kind === 'credential') masked[name] = this.credential(value);
      else masked[name] = this.#leaf(value, { name: /^x-call-id$/i.test(name) ? '' : name }, 1, false);
    }
    return masked;
  }

  /** Masks the value of an `Authorization` or `Cookie` header, or a credential in another place. */
  credential(value: string): string {
    const [, scheme, rest] = SCHEME.exec(value) ?? [];
    if (scheme !== undefined && rest !== undefined) {
      if (scheme.toLowerCase() !== 'basic') return `${scheme} ${this.secrets.learn(rest)}`;
      const user = Buffer.from(rest, 'base64').toString().split(':');
      const [name = '', ...password] = user;
      const pair = `${this.secrets.learn(name)}:${this.secrets.learn(password.join(':'))}`;
      return `${scheme} ${Buffer.from(pair).toString('base64')}`;
    }
    const cookies = value.split(/;\s*/);
    if (!cookies.every((each) => /^[\w.-]+(?:=|$)/.test(each)) || !value.includes('='))
      return this.secrets.learn(value);
    return cookies
      .map((each) =>
        each.includes('=')
          ? `${each.split('=')[0]}=${this.secrets.learn(each.slice(each.indexOf('=') + 1))}`
          : each,
      )
      .join('; ');
  }

  #any(text: string, contentType: string, depth: number): string {
    const replace = (value: string, of: Field): string => this.#leaf(value, of, depth - 1);
    if (looksLikeJson(text)) return replaceInJson(text, replace);
    if (/x-www-form-urlencoded/i.test(contentType)) return replaceInForm(text, replace);
    if (/^multipart\//i.test(contentType)) return replaceInMultipart(text, replace);
    return this.#leaf(text, { name: '' }, depth - 1);
  }

  /** Masks a value by the name of its field, or by what it looks like. */
  #leaf(value: string, field: Field, depth: number, isBody = true): string {
    if (value === '') return value;
    if (depth > 0 && looksLikeJson(value)) return this.#any(value, '', depth);
    if (depth > 0 && looksLikeXml(value))
      return replaceInXml(value, (each, of) => this.#leaf(each, of, depth - 1));
    if (isBody && LONG_BASE64.test(value)) return silenceOf(value);
    const kind = kindOf(field);
    if (kind === 'credential') return this.credential(value);
    if (kind === 'person') return this.#words.person(value);
    const number = kind === 'number' ? this.#numbers.maskField(value) : undefined;
    if (number !== undefined) return number;
    const known =
      kind === 'count' ? this.#plain(value, (text) => this.#numbers.maskCount(text)) : this.#plain(value);
    const isProse = isBody && PROSE.test(value) && LETTERS.test(value) && !isDate(value);
    const isText = kind === 'text' || (kind !== 'protocol' && isProse);
    if (!isText || isUrl(value)) return known;
    return this.#words.text(known, (digits) => this.#numbers.isReplacement(digits));
  }

  /** Masks secrets, numbers and addresses in a text. */
  #plain(text: string, maskNumbers = (each: string): string => this.#numbers.mask(each)): string {
    if (text.length < SHORTEST) return text;
    let masked = text;
    for (const [pattern, replacement] of this.#addresses) masked = masked.replaceAll(pattern, replacement);
    masked = this.secrets.mask(masked);
    if (masked.includes('eyJ')) masked = masked.replaceAll(JWT, (token) => this.secrets.learn(token));
    if (masked.includes('//')) masked = masked.replaceAll(USER_INFO, (pair) => this.#userInfo(pair));
    if (masked.includes('?')) masked = masked.replaceAll(QUERY, (query) => this.#query(query));
    return this.#words.addresses(maskNumbers(masked));
  }

  #userInfo(pair: string): string {
    return pair
      .split(':')
      .map((part) => this.secrets.learn(part))
      .join(':');
  }

  #query(query: string): string {
    if (!query.includes('=')) return query;
    return replaceInForm(query, (value, field) => {
      const kind = kindOf(field);
      if (kind === 'credential') return this.credential(value);
      if (kind === 'number') return this.#numbers.maskField(value) ?? value;
      return kind === 'person' ? this.#words.person(value) : value;
    });
  }
}

/** The public address in HTTP and WebSocket URLs, and its host alone. */
function addressesOf({ host, hostname, pathname }: URL): readonly (readonly [RegExp, string])[] {
  const literal = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  const ingress = new RegExp(`\\b(http|ws)s?(://)${literal(host)}${literal(pathname)}`, 'g');
  const base = new RegExp(`\\b(http|ws)s?(://)${literal(host)}(?![\\w.:-])`, 'g');
  const name = new RegExp(`(?<![\\w.-])${literal(hostname)}(?![\\w.-])`, 'g');
  return [
    [ingress, `$1s$2${MASKED_URL.host}${MASKED_URL.path}`],
    [base, `$1s$2${MASKED_URL.host}`],
    ...(/^(?:localhost|127\.|\[)/.test(hostname) ? [] : [[name, MASKED_URL.host] as const]),
  ];
}

const isUrl = (text: string): boolean => /^(?:https?|wss?):\/\/\S+$/.test(text);
const isDate = (text: string): boolean =>
  /\d/.test(text) && text.length < 60 && !Number.isNaN(Date.parse(text));
/** Zero bytes, in base64 of the same length. */
const silenceOf = (text: string): string => text.replaceAll(/[^=]/g, 'A');

/** Control characters that texts do not have. */
const CONTROL = /(?![\t\n\v\f\r])\p{Cc}/u;

/** Returns the text of bytes, unless they are binary. */
function decode(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return CONTROL.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

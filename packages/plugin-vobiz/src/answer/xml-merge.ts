/**
 * Inserts a stream into an application's XML and leaves every other byte unchanged. The whole document is validated: with
 * malformed XML, Vobiz ends the call a second after it was answered, without an error. Pure and total; linear in the length
 * of the text.
 */
import { FaultError, isFault } from '@sidetone/core';

/** The largest document that Vobiz accepts, bytes. */
export const MAX_ANSWER_BYTES = 100_000;

export interface MergeOptions {
  /** Whether the call was already answered: then no leading element can delay the answer. */
  readonly isAnswered: boolean;
}

type MergeResult =
  | {
      readonly ok: true;
      readonly xml: string;
      /** Whether the document ends while nothing holds the call, so that Vobiz ends it at once. */
      readonly endsAtOnce: boolean;
    }
  | { readonly ok: false; readonly problem: string };

/** A child element of the root. */
interface Verb {
  readonly name: string;
  /** Index of its start tag. */
  readonly at: number;
  readonly attributes: ReadonlyMap<string, string>;
}

const NAME = String.raw`[:A-Z_a-z\u{C0}-\u{D6}\u{D8}-\u{F6}\u{F8}-\u{2FF}\u{370}-\u{37D}\u{37F}-\u{1FFF}\u{200C}-\u{200D}\u{2070}-\u{218F}\u{2C00}-\u{2FEF}\u{3001}-\u{D7FF}\u{F900}-\u{FDCF}\u{FDF0}-\u{FFFD}\u{10000}-\u{EFFFF}][\-.:\w\u{B7}\u{C0}-\u{D6}\u{D8}-\u{F6}\u{F8}-\u{37D}\u{37F}-\u{1FFF}\u{200C}-\u{200D}\u{203F}-\u{2040}\u{2070}-\u{218F}\u{2C00}-\u{2FEF}\u{3001}-\u{D7FF}\u{F900}-\u{FDCF}\u{FDF0}-\u{FFFD}\u{10000}-\u{EFFFF}]*`;

const sticky = (source: string): RegExp => new RegExp(source, 'uy');

const DECLARATION = sticky(
  String.raw`<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(?:"1\.\d+"|'1\.\d+')` +
    String.raw`(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(?:"(?<double>[\w.\-]+)"|'(?<single>[\w.\-]+)'))?` +
    String.raw`(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\r\n]*\?>`,
);
const BLANKS = sticky(String.raw`[ \t\r\n]*`);
const TAG_NAME = sticky(`<(${NAME})`);
const END_TAG = sticky(String.raw`</(${NAME})[ \t\r\n]*>`);
const ATTRIBUTE = sticky(String.raw`[ \t\r\n]+(${NAME})[ \t\r\n]*=[ \t\r\n]*(?:"([^"<]*)"|'([^'<]*)')`);
const TAG_END = sticky(String.raw`[ \t\r\n]*(/?)>`);
const INSTRUCTION = sticky(String.raw`<\?(${NAME})(?=[ \t\r\n]|\?>)`);
const TEXT = sticky('[^<]+');

/** A character that is invalid in XML 1.0, including unpaired surrogates. */
const INVALID_CHARACTER = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;
const REFERENCE = /&(?:(amp|lt|gt|quot|apos)|#(\d+)|#x([\dA-Fa-f]+))?(;)?/g;

const malformed = (problem: string): FaultError => new FaultError('WIRE_MALFORMED', problem);

/** Returns the children of the root of a document. @throws {FaultError} WIRE_MALFORMED. */
function verbsIn(text: string): readonly Verb[] {
  let at = text.startsWith('\uFEFF') ? 1 : 0;

  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) at = pattern.lastIndex;
    return found;
  };
  function fail(problem: string): never {
    throw malformed(`${problem}, at character ${at}`);
  }
  const skipTo = (end: string, from: number, what: string): string => {
    const index = text.indexOf(end, from);
    if (index < 0) fail(`${what} is not closed`);
    at = index + end.length;
    return text.slice(from, index);
  };

  /** Skips a comment or a processing instruction, which may appear anywhere. */
  function skipMisc(): boolean {
    if (text.startsWith('<!--', at)) {
      const comment = skipTo('-->', at + 4, 'a comment');
      if (comment.includes('--') || comment.endsWith('-')) fail('a comment contains --');
      return true;
    }
    const instruction = take(INSTRUCTION);
    if (!instruction) return false;
    if (instruction[1]!.toLowerCase() === 'xml') fail('invalid XML declaration, or not at the start');
    skipTo('?>', at, 'a processing instruction');
    return true;
  }

  function takeAttributes(): ReadonlyMap<string, string> {
    const values = new Map<string, string>();
    for (let found = take(ATTRIBUTE); found; found = take(ATTRIBUTE)) {
      const [, name, double, single] = found;
      if (values.has(name!)) fail('duplicate attribute');
      values.set(name!, (double ?? single)!);
      checkReferences((double ?? single)!, fail);
    }
    return values;
  }

  function takeText(): boolean {
    const found = take(TEXT);
    if (!found) return false;
    if (found[0].includes(']]>')) fail('text contains ]]>');
    checkReferences(found[0], fail);
    return true;
  }

  const declaration = take(DECLARATION)?.groups;
  checkEncoding(declaration?.['double'] ?? declaration?.['single'], text, fail);
  take(BLANKS);
  while (skipMisc()) take(BLANKS);
  if (take(TAG_NAME)?.[1] !== 'Response') fail('expected the root element Response');
  takeAttributes();
  const isEmpty = (take(TAG_END) ?? fail('a tag is not closed'))[1] === '/';

  const verbs: Verb[] = [];
  const open: string[] = isEmpty ? [] : ['Response'];
  while (open.length > 0) {
    if (takeText() || skipMisc()) continue;
    if (text.startsWith('<![CDATA[', at)) {
      skipTo(']]>', at + 9, 'a CDATA section');
      continue;
    }
    const begin = at;
    const closed = take(END_TAG)?.[1];
    if (closed !== undefined) {
      if (closed !== open.pop()) fail('mismatched end tag');
      continue;
    }
    const name = (take(TAG_NAME) ?? fail('expected a tag'))[1]!;
    const attributes = takeAttributes();
    const end = take(TAG_END) ?? fail('a tag is not closed');
    if (open.length === 1) verbs.push({ name, at: begin, attributes });
    if (end[1] !== '/') open.push(name);
  }
  take(BLANKS);
  while (skipMisc()) take(BLANKS);
  if (at < text.length) fail('unexpected content after the root');
  return verbs;
}

function checkReferences(text: string, fail: (problem: string) => never): void {
  for (const [, name, decimal, hex, end] of text.matchAll(REFERENCE)) {
    if (end === undefined) fail('unescaped &');
    if (name !== undefined) continue;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    if (!(code <= 0x10ffff) || INVALID_CHARACTER.test(String.fromCodePoint(code)))
      fail('invalid character reference');
  }
}

/** Other encodings than UTF-8 are accepted only for documents in ASCII, where they do not differ. */
function checkEncoding(encoding: string | undefined, text: string, fail: (problem: string) => never): void {
  // oxlint-disable-next-line no-control-regex -- the range of ASCII includes them
  if (encoding === undefined || /^utf-?8$/i.test(encoding) || /^\uFEFF?[\u0000-\u007F]*$/.test(text)) return;
  fail('expected the encoding UTF-8');
}

/** Leading elements that delay answering a ringing call, in lower case: `PreAnswer` is spelled `Preanswer` as well. */
const BEFORE_ANSWERING: ReadonlySet<string> = new Set(['wait', 'preanswer']);

/** Returns the index for the stream; undefined if the call ends before there is any audio. */
function insertionIndex(verbs: readonly Verb[], { isAnswered }: MergeOptions): number | undefined {
  const verb = verbs.find(({ name }) => isAnswered || !BEFORE_ANSWERING.has(name.toLowerCase()));
  // A call that is rejected must not be answered just to get its audio. With a schedule, the call continues for a while.
  const isEnd = verb === undefined || (verb.name === 'Hangup' && !verb.attributes.has('schedule'));
  return isEnd ? undefined : verb.at;
}

/** Returns whether a stream runs in the background, so that the next verb does not wait for it. */
const isBackground = ({ name, attributes }: Verb): boolean =>
  name === 'Stream' &&
  (attributes.get('bidirectional') !== 'true' || attributes.get('keepCallAlive') !== 'true');

/**
 * Returns the document with `element` before the first verb that answers the call, so that the stream has all of its audio,
 * and after leading verbs that delay the answer. A document that ends the call at once, or is empty, is unchanged.
 */
export function insertElement(bytes: Uint8Array, element: string, options: MergeOptions): MergeResult {
  if (bytes.length + element.length > MAX_ANSWER_BYTES) {
    return { ok: false, problem: `the document with the stream exceeds ${MAX_ANSWER_BYTES} bytes` };
  }
  try {
    // The byte order mark is kept, like every other byte.
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    if (INVALID_CHARACTER.test(text)) throw malformed('the document contains invalid characters');
    const verbs = verbsIn(text);
    const last = verbs.at(-1);
    const endsAtOnce = last !== undefined && isBackground(last);
    const index = insertionIndex(verbs, options);
    const xml = index === undefined ? text : text.slice(0, index) + element + text.slice(index);
    return { ok: true, xml, endsAtOnce };
  } catch (error) {
    return { ok: false, problem: isFault(error) ? error.message : 'the document is not valid UTF-8' };
  }
}

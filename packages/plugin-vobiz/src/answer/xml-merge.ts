/**
 * Puts a stream into XML that others made, and leaves every other byte of it as it is. For that the document is read to
 * its end: XML that is not well-formed would end the call a second after it is answered, and nobody would be told why.
 * Pure and total; its time grows with the length of the text and nothing else.
 */
import { FaultError, isFault } from '@sidetone/core';

/** The largest answer that Vobiz takes, bytes. */
export const MAX_ANSWER_BYTES = 100_000;

export interface WeaveOptions {
  /** Whether the call was answered already: then nothing that stands first can delay it. */
  readonly isAnswered: boolean;
}

export type Weaving =
  { readonly ok: true; readonly xml: string } | { readonly ok: false; readonly problem: string };

/** An element right below the root. */
interface Verb {
  readonly name: string;
  /** Where its first tag begins. */
  readonly at: number;
  readonly attributes: ReadonlySet<string>;
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

/** What XML 1.0 cannot hold, half a character among it. */
const FOREIGN = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;
const REFERENCE = /&(?:(amp|lt|gt|quot|apos)|#(\d+)|#x([\dA-Fa-f]+))?(;)?/g;

const malformed = (problem: string): FaultError => new FaultError('WIRE_MALFORMED', problem);

/** What stands right below the one root of a document. @throws {FaultError} WIRE_MALFORMED. */
function verbsIn(text: string): readonly Verb[] {
  let at = text.startsWith('\uFEFF') ? 1 : 0;

  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) at = pattern.lastIndex;
    return found;
  };
  function fail(what: string): never {
    throw malformed(`${what}, at character ${at}`);
  }
  const skipTo = (end: string, from: number, what: string): string => {
    const index = text.indexOf(end, from);
    if (index < 0) fail(`${what} does not end`);
    at = index + end.length;
    return text.slice(from, index);
  };

  /** A comment or an instruction, which may stand anywhere. */
  function takeAside(): boolean {
    if (text.startsWith('<!--', at)) {
      const comment = skipTo('-->', at + 4, 'a comment');
      if (comment.includes('--') || comment.endsWith('-')) fail('a comment holds --');
      return true;
    }
    const instruction = take(INSTRUCTION);
    if (!instruction) return false;
    if (instruction[1]!.toLowerCase() === 'xml') fail('an XML declaration is wrong, or not the first thing');
    skipTo('?>', at, 'an instruction');
    return true;
  }

  function takeAttributes(): ReadonlySet<string> {
    const names = new Set<string>();
    for (let found = take(ATTRIBUTE); found; found = take(ATTRIBUTE)) {
      const [, name, double, single] = found;
      if (names.has(name!)) fail('an attribute stands twice');
      names.add(name!);
      checkReferences((double ?? single)!, fail);
    }
    return names;
  }

  function takeText(): boolean {
    const found = take(TEXT);
    if (!found) return false;
    if (found[0].includes(']]>')) fail('text holds ]]>');
    checkReferences(found[0], fail);
    return true;
  }

  const declaration = take(DECLARATION)?.groups;
  checkEncoding(declaration?.['double'] ?? declaration?.['single'], text, fail);
  take(BLANKS);
  while (takeAside()) take(BLANKS);
  if (take(TAG_NAME)?.[1] !== 'Response') fail('the root is not Response');
  takeAttributes();
  const isEmpty = (take(TAG_END) ?? fail('a tag does not end'))[1] === '/';

  const verbs: Verb[] = [];
  const open: string[] = isEmpty ? [] : ['Response'];
  while (open.length > 0) {
    if (takeText() || takeAside()) continue;
    if (text.startsWith('<![CDATA[', at)) {
      skipTo(']]>', at + 9, 'a CDATA section');
      continue;
    }
    const begin = at;
    const closed = take(END_TAG)?.[1];
    if (closed !== undefined) {
      if (closed !== open.pop()) fail('an end tag does not fit');
      continue;
    }
    const name = (take(TAG_NAME) ?? fail('there is no tag'))[1]!;
    const attributes = takeAttributes();
    const end = take(TAG_END) ?? fail('a tag does not end');
    if (open.length === 1) verbs.push({ name, at: begin, attributes });
    if (end[1] !== '/') open.push(name);
  }
  take(BLANKS);
  while (takeAside()) take(BLANKS);
  if (at < text.length) fail('something follows the root');
  return verbs;
}

function checkReferences(text: string, fail: (what: string) => never): void {
  for (const [, name, decimal, hex, end] of text.matchAll(REFERENCE)) {
    if (end === undefined) fail('an & is not escaped');
    if (name !== undefined) continue;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    if (!(code <= 0x10ffff) || FOREIGN.test(String.fromCodePoint(code)))
      fail('a reference names no character');
  }
}

/** Others than UTF-8 are read right only where they do not differ from it. */
function checkEncoding(encoding: string | undefined, text: string, fail: (what: string) => never): void {
  // oxlint-disable-next-line no-control-regex -- ASCII begins with them
  if (encoding === undefined || /^utf-?8$/i.test(encoding) || /^\uFEFF?[\u0000-\u007F]*$/.test(text)) return;
  fail('the encoding is not UTF-8');
}

/** What puts the answering of a ringing call off, as long as it stands first. */
const BEFORE_ANSWERING: ReadonlySet<string> = new Set(['Wait', 'PreAnswer']);

/** Where the stream goes; undefined where the call ends before anything could be heard. */
function placeIn(verbs: readonly Verb[], { isAnswered }: WeaveOptions): number | undefined {
  const verb = verbs.find(({ name }) => isAnswered || !BEFORE_ANSWERING.has(name));
  // A call that is turned away must not be answered for the sake of being heard. With a schedule it goes on for a while.
  const isEnd = verb === undefined || (verb.name === 'Hangup' && !verb.attributes.has('schedule'));
  return isEnd ? undefined : verb.at;
}

/**
 * The document with `element` before the first thing that answers the call, so that all of it is heard; behind what
 * delays the answering. As it is when it ends the call at once, or has nothing in it.
 */
export function weave(bytes: Uint8Array, element: string, options: WeaveOptions): Weaving {
  if (bytes.length + element.length > MAX_ANSWER_BYTES) {
    return { ok: false, problem: `with the stream it is more than ${MAX_ANSWER_BYTES} bytes` };
  }
  try {
    // The mark of the encoding stays: it is part of what was sent.
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    if (FOREIGN.test(text)) throw malformed('it holds characters that XML cannot hold');
    const place = placeIn(verbsIn(text), options);
    return { ok: true, xml: place === undefined ? text : text.slice(0, place) + element + text.slice(place) };
  } catch (error) {
    return { ok: false, problem: isFault(error) ? error.message : 'it is no UTF-8' };
  }
}

/**
 * The answer to a call, as Vobiz's XML. Malformed XML would not be an error that anyone sees: the call drops a second
 * after it is answered. So everything is escaped, and the document is only made here.
 */

/** A stream of a call's audio. */
export interface Tap {
  /** Where Vobiz sends it: `wss`, or `ws` for tests. */
  readonly streamUrl: URL;
  readonly statusCallbackUrl: URL;
  readonly contentType: string;
}

/** Who is dialled, and how. */
export interface Dialling {
  /** A number, or `sip:user@host`. */
  readonly to: string;
  /** Where news of the leg goes. */
  readonly callbackUrl: URL;
  readonly callerId?: string;
  /** Keys that are pressed once a number has answered. */
  readonly sendDigits?: string;
  /** Further attributes. */
  readonly attributes?: Readonly<Record<string, string>>;
}

export interface Speech {
  readonly text: string;
  readonly voice: string;
  readonly language: string;
}

/** How often Vobiz tries again when the stream's socket cannot open or drops; 10 is the most it does. */
const MAX_RETRIES = 10;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** `text` as content or attribute value; characters that XML 1.0 cannot hold are left out. */
export function escapeXml(text: string): string {
  const holdable = text.replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '');
  return holdable.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

type Attributes = Readonly<Record<string, string | undefined>>;

function element(name: string, attributes: Attributes, content: string): string {
  const written = Object.entries(attributes)
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .map(([key, value]) => ` ${key}="${escapeXml(value)}"`)
    .join('');
  return `<${name}${written}>${content}</${name}>`;
}

const document = (...verbs: readonly string[]): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${element('Response', {}, verbs.join(''))}\n`;

/** Nothing to do: right where an answer is asked for but there is nothing to say. A call that nothing holds ends by it. */
export const EMPTY_ANSWER = document();

/** The call ends here. */
export const HANGUP_ANSWER = document(element('Hangup', {}, ''));

function streamElement(attributes: Attributes, { streamUrl, statusCallbackUrl, contentType }: Tap): string {
  return element(
    'Stream',
    {
      ...attributes,
      contentType,
      maxRetries: String(MAX_RETRIES),
      statusCallbackUrl: statusCallbackUrl.href,
      statusCallbackMethod: 'POST',
    },
    escapeXml(streamUrl.href),
  );
}

/** The fork alone, for a document that others made. It lets what follows run at once. */
export const tapElement = (tap: Tap): string =>
  streamElement({ bidirectional: 'false', audioTrack: 'both' }, tap);

function dialElement({ to, callbackUrl, callerId, sendDigits, attributes }: Dialling): string {
  const target = /^sips?:/.test(to)
    ? element('User', {}, escapeXml(to))
    : element('Number', { sendDigits }, escapeXml(to));
  const callback = { callbackUrl: callbackUrl.href, callbackMethod: 'POST' };
  return element('Dial', { ...attributes, callerId, ...callback }, target);
}

const speakElement = ({ text, voice, language }: Speech): string =>
  element('Speak', { voice, language }, escapeXml(text));

/**
 * The audio is forked, something may be said, and then the call goes where it should, or ends. The fork comes first: it
 * lets the rest run at once, and what is said is heard on it.
 */
export function tapAnswer(tap: Tap, dialling: Dialling | undefined, speech?: Speech): string {
  return document(
    tapElement(tap),
    ...(speech ? [speakElement(speech)] : []),
    ...(dialling ? [dialElement(dialling)] : []),
  );
}

/**
 * The call talks over a two-way stream, which holds it until the stream ends; then Vobiz asks at `next` how it goes on.
 * Such a stream carries what the caller says and nothing else: Vobiz ends a call that asks for more.
 */
export function agentAnswer(stream: Tap, next: URL): string {
  return document(
    streamElement({ bidirectional: 'true', keepCallAlive: 'true' }, stream),
    element('Redirect', { method: 'POST' }, escapeXml(next.href)),
  );
}

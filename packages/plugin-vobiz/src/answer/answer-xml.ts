/**
 * Vobiz XML that answers a call. Vobiz does not report malformed XML: the call ends a second after it was answered.
 * Therefore all values are escaped, and documents are built only here. Pure.
 */

import { trackUrl } from '../stream/split-tracks.ts';
import { TRACKS } from '../wire.ts';

/** A stream of the audio of a call. */
export interface Tap {
  /** The socket that Vobiz opens: `wss`, or `ws` for tests. */
  readonly streamUrl: URL;
  readonly statusCallbackUrl: URL;
  readonly contentType: string;
  /** Whether each track is requested as a stream of its own. */
  readonly isSplit: boolean;
}

/** A party to dial. */
export interface Dialling {
  /** A number, or `sip:user@host`. */
  readonly to: string;
  /** Receives the webhooks of the leg. */
  readonly callbackUrl: URL;
  readonly callerId?: string;
  /** Digits sent once a number answers. */
  readonly sendDigits?: string;
  /** Further attributes of `Dial`. */
  readonly attributes?: Readonly<Record<string, string>>;
}

export interface Speech {
  readonly text: string;
  readonly voice: string;
  readonly language: string;
}

/** How often Vobiz retries if the stream's socket cannot be opened or drops; 10 is its maximum. */
const MAX_RETRIES = 10;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Escapes a text for use as content or attribute value; characters that are invalid in XML 1.0 are removed. */
export function escapeXml(text: string): string {
  const valid = text.replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '');
  return valid.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

type Attributes = Readonly<Record<string, string | undefined>>;

function element(name: string, attributes: Attributes, content: string): string {
  const pairs = Object.entries(attributes)
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .map(([key, value]) => ` ${key}="${escapeXml(value)}"`)
    .join('');
  return `<${name}${pairs}>${content}</${name}>`;
}

const document = (...verbs: readonly string[]): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${element('Response', {}, verbs.join(''))}\n`;

/** An empty document: ends a call, and is a valid response to a webhook that expects XML but needs none. */
export const EMPTY_ANSWER = document();

/** Ends the call. */
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

/** Returns the one-way streams as elements for another document. They do not block the elements after them. */
export function tapElement(tap: Tap): string {
  if (!tap.isSplit) return streamElement({ bidirectional: 'false', audioTrack: 'both' }, tap);
  return TRACKS.map((audioTrack) =>
    streamElement(
      { bidirectional: 'false', audioTrack },
      { ...tap, streamUrl: trackUrl(tap.streamUrl, audioTrack) },
    ),
  ).join('');
}

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
 * Forks the audio, speaks a text if there is one, and dials; without `dialling` the call then ends. The fork comes first:
 * it does not block the rest, and the stream then includes the speech.
 */
export function tapAnswer(tap: Tap, dialling: Dialling | undefined, speech?: Speech): string {
  return document(
    tapElement(tap),
    ...(speech ? [speakElement(speech)] : []),
    ...(dialling ? [dialElement(dialling)] : []),
  );
}

/**
 * Connects the call to a two-way stream, which holds it until the stream ends; then Vobiz requests the next step at `next`.
 * Such a stream carries only the caller's audio: Vobiz ends a call that requests both tracks.
 */
export function agentAnswer(stream: Tap, next: URL): string {
  return document(
    streamElement({ bidirectional: 'true', keepCallAlive: 'true' }, stream),
    element('Redirect', { method: 'POST' }, escapeXml(next.href)),
  );
}

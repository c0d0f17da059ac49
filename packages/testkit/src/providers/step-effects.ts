/** What a plugin did because of a step, and its comparison with what the scenario states. */
import { SAMPLE_BYTES, type Party, type ProviderEvent } from '@sidetone/core';
import type { FakeRequest } from '../fakes/fake-fetch.ts';
import type { FakeStream } from '../fakes/fake-stream.ts';
import type { ExpectedEffects, HeardAudio, RequestPattern, SentPattern } from './scenario.ts';

/** What happened between the beginning and the end of a step. */
export interface StepEffects {
  /** The position of the step in the call, from 1. */
  readonly number: number;
  readonly expected: ExpectedEffects;
  readonly events: readonly ProviderEvent[];
  readonly sent: readonly (string | Uint8Array)[];
  readonly requests: readonly FakeRequest[];
  readonly audio: readonly HeardPiece[];
}

/** Audio that was written, with the rate of its stream. */
export interface HeardPiece {
  readonly party: Party;
  readonly sampleRate: number;
  readonly durationMs: number;
}

/** Allowed difference of the duration of heard audio: a frame. */
const HEARD_TOLERANCE_MS = 20;

/** Returns whether a step states any effect. */
export const statesEffects = ({ emits, sends, requests, heard }: ExpectedEffects): boolean =>
  (emits ?? sends ?? requests ?? heard) !== undefined;

/** Returns the first difference between what a step did and what the scenario states; undefined if there is none. */
export function differenceOf(effects: StepEffects): string | undefined {
  const { expected, events, sent, requests, audio, number } = effects;
  const difference =
    listDifference('event', expected.emits, events, includes, ({ type }) => type) ??
    listDifference('message', expected.sends, sent, isMessage, typeOfMessage) ??
    listDifference(
      'request',
      expected.requests,
      requests,
      isRequest,
      ({ method, url }) => `${method} ${url.pathname}`,
    ) ??
    heardDifference(expected.heard, audio);
  return difference === undefined ? undefined : `step ${number}: ${difference}`;
}

/** Values are not shown: they may be personal. */
function listDifference<Pattern, Actual>(
  what: string,
  expected: readonly Pattern[] | undefined,
  actual: readonly Actual[],
  matches: (pattern: Pattern, value: Actual) => boolean,
  describe: (value: Actual) => string,
): string | undefined {
  if (!expected) return undefined;
  const at = expected.findIndex((pattern, i) => i < actual.length && !matches(pattern, actual[i]!));
  if (at >= 0) return `${what} ${at + 1} (${describe(actual[at]!)}) is not the stated one`;
  if (expected.length === actual.length) return undefined;
  return `${expected.length} ${what}(s) are stated, and there were ${actual.length}: ${actual.map(describe).join(', ')}`;
}

/** Returns whether a value has every field of the pattern, at any depth. */
function includes(pattern: unknown, value: unknown): boolean {
  if (typeof pattern !== 'object' || pattern === null) return pattern === value;
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Readonly<Record<string, unknown>>;
  return Object.entries(pattern).every(([key, part]) => includes(part, fields[key]));
}

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

function isMessage(pattern: SentPattern, message: string | Uint8Array): boolean {
  if (typeof pattern === 'string') return pattern === message;
  if (pattern instanceof Uint8Array)
    return typeof message !== 'string' && Buffer.from(pattern).equals(Buffer.from(message));
  return typeof message === 'string' && includes(pattern, jsonOf(message));
}

const typeOfMessage = (message: string | Uint8Array): string =>
  typeof message === 'string' ? `text of ${message.length} characters` : `${message.length} bytes`;

function isRequest({ method, url, json, body }: RequestPattern, request: FakeRequest): boolean {
  const matches = (pattern: string | RegExp | undefined, text: string): boolean =>
    pattern === undefined || (typeof pattern === 'string' ? pattern === text : pattern.test(text));
  return (
    matches(method, request.method) &&
    matches(url, request.url.href) &&
    matches(body, request.body) &&
    (json === undefined || includes(json, request.json))
  );
}

function heardDifference(expected: HeardAudio | undefined, audio: readonly HeardPiece[]): string | undefined {
  for (const [party, { sampleRate, durationMs }] of Object.entries(expected ?? {})) {
    const pieces = audio.filter((piece) => piece.party === party);
    if (pieces.length === 0) return `no audio of ${party} was written`;
    const wrong = pieces.find((piece) => piece.sampleRate !== sampleRate);
    if (wrong) return `the audio of ${party} has a rate of ${wrong.sampleRate} Hz instead of ${sampleRate}`;
    const heardMs = pieces.reduce((sum, piece) => sum + piece.durationMs, 0);
    if (durationMs !== undefined && Math.abs(heardMs - durationMs) > HEARD_TOLERANCE_MS)
      return `${heardMs} ms of ${party} were written instead of ${durationMs}`;
  }
  return undefined;
}

/** Returns the pieces of audio that were written to a stream. Those of interleaved parties have the same duration. */
export function piecesOf({ options, writes }: FakeStream, from: number): readonly HeardPiece[] {
  const { encoding, sampleRate, parties } = options;
  return writes.slice(from).flatMap(({ party, bytes }) => {
    const of = party === 'INTERLEAVED' ? parties : [party];
    const durationMs = (bytes.length / of.length / SAMPLE_BYTES[encoding] / sampleRate) * 1000;
    return of.map((each) => ({ party: each, sampleRate, durationMs }));
  });
}

/** The samples in `fixtures/`: messages composed from Vobiz's documentation, one per line. */
import { readFileSync } from 'node:fs';

export interface Sample {
  readonly channel: string;
  readonly name: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export const SAMPLES: readonly Sample[] = readFileSync(
  new URL('fixtures/samples.jsonl', import.meta.url),
  'utf8',
)
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Sample);

export const samplesOf = (channel: string): readonly Sample[] =>
  SAMPLES.filter((sample) => sample.channel === channel);

function body(channel: string, name: string): Readonly<Record<string, unknown>> {
  const found = SAMPLES.find((sample) => sample.channel === channel && sample.name === name);
  if (!found) throw new Error(`unknown ${channel} sample: ${name}`);
  return found.body;
}

/** Returns the text of a message that Vobiz sends; some samples are not JSON. */
export function frame(name: string): string {
  return textOf(body('stream-in', name));
}

export function textOf(message: Readonly<Record<string, unknown>>): string {
  return typeof message['_raw'] === 'string' ? message['_raw'] : JSON.stringify(message);
}

/** Returns the form fields of a webhook. */
export const form = (name: string): Record<string, string> =>
  body('webhook-form', name) as Record<string, string>;

/** Returns a response of the REST API. */
export const reply = (name: string): { readonly status: number; readonly json?: unknown } =>
  body('rest-response', name) as { status: number; json?: unknown };

export const CALL = '3f2a9c10-6b7e-4d55-9a41-0c8f2b6d71e4';
export const STREAM = 'b81d4c3e-2f60-4a7b-8e19-5d0a7c94f6b2';

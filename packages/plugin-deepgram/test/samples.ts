/** The samples in `fixtures/`: messages composed from Deepgram's documentation and from captures, one per line. */
import { readFileSync } from 'node:fs';

type Body = Readonly<Record<string, unknown>>;

export interface Sample {
  /** `out` from the service, `in` to it, `upgrade` for the handshake. */
  readonly channel: string;
  readonly name: string;
  readonly body: Body;
}

export interface Close {
  readonly code: number;
  readonly reason: string;
}

export interface Audio {
  readonly encoding: 'linear16' | 'mulaw';
  readonly sampleRate: number;
  readonly channels: number;
  readonly ms: number;
  readonly base64: string;
}

export interface Upgrade {
  readonly request: { readonly url: string; readonly headers: Readonly<Record<string, string>> };
  readonly response: { readonly status: number; readonly json?: unknown; readonly text?: string };
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

/** Returns the samples of a sequence, in order: `seq01` and so on. */
export const sequence = (prefix: string): readonly Sample[] =>
  SAMPLES.filter(({ name }) => name.startsWith(`${prefix}_`));

export function body(name: string): Body {
  const found = SAMPLES.find((sample) => sample.name === name);
  if (!found) throw new Error(`sample not found: ${name}`);
  return found.body;
}

export const closeOf = (sample: Body): Close | undefined => sample['_close'] as Close | undefined;
export const audioOf = (name: string): Audio => body(name)['_binary'] as Audio;
export const upgradeOf = (sample: Body): Upgrade => sample as unknown as Upgrade;

/** Returns the text of a frame. Some samples are not JSON. */
export function frame(message: Body): string {
  return typeof message['_raw'] === 'string' ? message['_raw'] : JSON.stringify(message);
}

/** The sample messages in `fixtures/`, composed from Vapi's documentation, one per line. */
import { readFileSync } from 'node:fs';

export interface Sample {
  readonly channel: string;
  readonly name: string;
  readonly body: unknown;
  readonly meta?: {
    readonly status?: number;
    readonly frame?: string;
    readonly contentType?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly expect?: string;
  };
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

/** Returns the body of a sample. */
export function sample(name: string, channel = 'webhook'): unknown {
  const found = SAMPLES.find((candidate) => candidate.channel === channel && candidate.name === name);
  if (!found) throw new Error(`sample not found: ${channel} ${name}`);
  return found.body;
}

/** The ids of the two calls in the samples. */
export const CALL = '0198e4b2-6c1f-7d3a-9b41-2f6a0c8e51d7';
export const OTHER_CALL = '0198e4c0-55d0-7e12-a6b9-0c3f8d2e7a14';
export const MONITOR = 'phone-call-websocket.aws-us-west-2-backend-production2.vapi.ai';
export const CONTROL_URL = `https://${MONITOR}/${CALL}/control`;
export const LISTEN_URL = `wss://${MONITOR}/${CALL}/listen`;

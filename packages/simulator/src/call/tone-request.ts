// A tone that a test puts on one side of a call: the same request for calls of either cloud.

/** The longest tone. */
export const MAX_TONE_MS = 60_000;

/** A tone on what the person says (`inbound`) or hears (`outbound`). */
export interface Tone {
  readonly track: 'inbound' | 'outbound';
  readonly hz: number;
  /** Of its peak. */
  readonly dbfs: number;
  readonly ms: number;
}

/** Reads the body of a request for a tone. Throws a `RangeError` with a sentence. */
export function decodeTone({ track, hz, dbfs, ms }: Readonly<Record<string, unknown>>): Tone {
  if (track !== 'inbound' && track !== 'outbound') throw new RangeError('track must be inbound or outbound');
  return {
    track,
    hz: between('hz', hz, 20, 8_000),
    dbfs: between('dbfs', dbfs, -96, 0),
    ms: between('ms', ms, 1, MAX_TONE_MS),
  };
}

function between(name: string, value: unknown, from: number, to: number): number {
  if (typeof value !== 'number' || !(value >= from && value <= to))
    throw new RangeError(`${name} must be from ${from} to ${to}`);
  return value;
}

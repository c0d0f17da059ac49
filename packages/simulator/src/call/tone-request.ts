/** The longest tone. */
const MAX_TONE_MS = 60_000;

/** A tone in the audio that the person sends (`inbound`) or receives (`outbound`). */
export interface Tone {
  readonly track: 'inbound' | 'outbound';
  readonly hz: number;
  /** The level of its peak. */
  readonly dbfs: number;
  readonly ms: number;
}

/** Parses a request for a tone. @throws {RangeError} for an invalid field */
export function decodeTone({ track, hz, dbfs, ms }: Readonly<Record<string, unknown>>): Tone {
  if (track !== 'inbound' && track !== 'outbound')
    throw new RangeError('track: expected inbound or outbound');
  return {
    track,
    hz: between('hz', hz, 20, 8_000),
    dbfs: between('dbfs', dbfs, -96, 0),
    ms: between('ms', ms, 1, MAX_TONE_MS),
  };
}

function between(name: string, value: unknown, from: number, to: number): number {
  if (typeof value !== 'number' || !(value >= from && value <= to))
    throw new RangeError(`${name}: expected a number from ${from} to ${to}`);
  return value;
}

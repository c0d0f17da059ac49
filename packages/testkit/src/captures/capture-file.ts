/** Reads a file with captured requests and messages. Pure. */
import { isJsonObject, parseJson, type CapturedEntry, type CaptureHead } from '@sidetone/plugin-kit';

/** What was captured in one start of the daemon. */
export interface CaptureSession {
  readonly head: CaptureHead;
  readonly entries: readonly CapturedEntry[];
}

/** Returns the starts in a file. Lines that were cut, for example by a crash, are skipped. */
export function readCapture(text: string): readonly CaptureSession[] {
  const sessions: { head: CaptureHead; entries: CapturedEntry[] }[] = [];
  for (const line of text.split('\n')) {
    const value: unknown = parseJson(line);
    if (!isJsonObject(value)) continue;
    if ('capture' in value) sessions.push({ head: value as unknown as CaptureHead, entries: [] });
    else if ('at' in value) sessions.at(-1)?.entries.push(value as unknown as CapturedEntry);
  }
  return sessions;
}

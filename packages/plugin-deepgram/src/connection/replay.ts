/** Where a new connection starts in the buffered audio. Pure. */
import type { AudioBuffer } from '../audio/audio-buffer.ts';
import type { DeepgramOptions } from '../config.ts';

/** Distance from the oldest audio at which a replay starts, ms: the oldest audio is overwritten while it is sent. */
const OLDEST_MARGIN_MS = 500;

/**
 * Returns the first frame to send: `wanted`, or a later one if the audio is not buffered any more or the options limit the replay.
 * @param wanted the first frame without a final result.
 * @param isReplay whether there was a connection before. Audio that precedes the first connection is always sent in mode `none`.
 */
export function replayStart(
  buffer: Pick<AudioBuffer, 'start' | 'end' | 'framesIn'>,
  { mode, maxMs }: DeepgramOptions['replay'],
  wanted: number,
  isReplay: boolean,
): number {
  const limitMs = mode === 'capped' ? maxMs : mode === 'none' && isReplay ? 0 : Infinity;
  const first = limitMs === Infinity ? 0 : buffer.end - buffer.framesIn(limitMs);
  const oldest = buffer.start === 0 ? 0 : buffer.start + buffer.framesIn(OLDEST_MARGIN_MS);
  return Math.max(wanted, oldest, first);
}

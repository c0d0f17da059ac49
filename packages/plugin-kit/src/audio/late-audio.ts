/**
 * How long after the end of a call its streams stay open, ms: their last audio may be held up on its way. Providers close a
 * stream after its last frame.
 */
export const LATE_AUDIO_MS = 6000;

// The clock of a provider is set during a call: its timestamps jump while audio and messages continue.

/** When and by how much the clock is set. */
export interface ClockBehaviour {
  /** After how much audio of a call the clock is set. */
  readonly clockStepAfterMs: number;
  /** By how much it is set; negative: back. */
  readonly clockStepMs: number;
}

/** Returns by how much the clock was set so far. */
export function clockOffset({ clockStepAfterMs, clockStepMs }: ClockBehaviour, audioMs: number): number {
  return audioMs >= clockStepAfterMs ? clockStepMs : 0;
}

/** What is known about the conversation of a call, from changes of its speakers. Pure. */
import type { EnumOf } from '../api/graphql.ts';

type Party = EnumOf<'Party'>;

/** Since when something lasts, epoch ms; undefined if it does not, or if it is not known. */
export interface Signals {
  /** No party speaks. */
  readonly silentSince: number | undefined;
  /** Customer and assistant speak at the same time. */
  readonly bothSince: number | undefined;
  /** The customer has spoken, and the assistant has not answered. */
  readonly waitingSince: number | undefined;
}

export const NO_SIGNALS: Signals = { silentSince: undefined, bothSince: undefined, waitingSince: undefined };

/** Undefined if neither audio nor a speech event was received. */
type Speakers = readonly Party[] | undefined;

/** The signals after the speakers have changed from `before` to `after`. */
export function nextSignals(signals: Signals, before: Speakers, after: Speakers, now: number): Signals {
  if (after === undefined) return NO_SIGNALS;
  const [customer, assistant] = [after.includes('CUSTOMER'), after.includes('ASSISTANT')];
  return {
    silentSince: after.length === 0 ? (signals.silentSince ?? now) : undefined,
    bothSince: customer && assistant ? (signals.bothSince ?? now) : undefined,
    waitingSince: waitingSince(),
  };

  function waitingSince(): number | undefined {
    if (customer || assistant) return undefined;
    return before?.includes('CUSTOMER') ? now : signals.waitingSince;
  }
}

/** The notices about providers and transcribers, as sentences. Pure. */
import type { EnumOf } from '../api/graphql.ts';
import { asSentence, dateTimeText } from '../ui/format.ts';
import type { Health } from './documents.ts';

export interface Notice {
  /** Identifies the notice among all others. */
  readonly key: string;
  /** The name of the provider or transcriber. */
  readonly name: string;
  readonly text: string;
  /** Whether it can be hidden: a state cannot, because calls may be missing. */
  readonly canHide: boolean;
}

const STATE_TEXTS = {
  RUNNING: undefined,
  STARTING: 'is starting',
  DEGRADED: 'is degraded',
  FAILED: 'has failed',
  STOPPED: 'is stopped',
} as const satisfies Record<EnumOf<'ProviderState'>, string | undefined>;

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

type Part = Pick<Health['transcribers'][number], 'id' | 'displayName' | 'state' | 'stateMessage'>;

function stateNotice(kind: string, { id, displayName, state, stateMessage }: Part): readonly Notice[] {
  const what = STATE_TEXTS[state];
  if (what === undefined) return [];
  const text = asSentence(stateMessage === null ? what : `${what}: ${stateMessage}`);
  return [{ key: `${kind} ${id} state`, name: displayName, text, canHide: false }];
}

/** Returns all notices, those about states first. */
export function noticesOf({ providers, transcribers }: Health, now: number): readonly Notice[] {
  const states = [
    ...providers.flatMap((each) => stateNotice('provider', each)),
    ...transcribers.flatMap((each) => stateNotice('transcriber', each)),
  ];
  const others = providers.flatMap(({ id, displayName, notices }) =>
    notices.map(({ code, message, count, lastAt }): Notice => {
      const when =
        lastAt === null ? '' : ` ${count} since the start, the last one at ${dateTimeText(lastAt, now)}.`;
      const text = `${asSentence(capitalised(message))}${when}`;
      return { key: `provider ${id} ${code}`, name: `${displayName}:`, text, canHide: true };
    }),
  );
  return [...states, ...others];
}

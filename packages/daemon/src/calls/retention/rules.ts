/** How long each kind of data is kept, as rules for the calls of some providers. Pure. */
import type { ProviderId } from '@sidetone/core';

/** What can be removed, in the order in which it is. CALLS: everything about a call. */
export const RETENTION_KINDS = ['CALLS', 'TRANSCRIPT', 'RECORDING', 'EVENTS', 'NOTES'] as const;
export type RetentionKind = (typeof RETENTION_KINDS)[number];

/** The key of each kind in the configuration. */
const AGE_KEYS = {
  CALLS: 'callDays',
  TRANSCRIPT: 'transcriptDays',
  RECORDING: 'recordingDays',
  EVENTS: 'eventDays',
  NOTES: 'noteDays',
} as const satisfies Record<RetentionKind, string>;

type AgeKey = (typeof AGE_KEYS)[RetentionKind];

const DAY_MS = 24 * 60 * 60_000;

/** Data of a kind is removed from calls of these providers when they ended so many days ago. */
export interface RetentionRule {
  readonly kind: RetentionKind;
  readonly days: number;
  /** The providers with this setting; undefined for the rule of all providers without a setting of their own. */
  readonly providerIds?: readonly ProviderId[];
  /** The providers with a setting of their own, if the rule is that of all others. */
  readonly except: readonly ProviderId[];
  /** Identifies the rule: its progress is valid for these settings only. */
  readonly key: string;
}

interface Settings {
  readonly retention: Readonly<Record<AgeKey, number>>;
  readonly providers: Readonly<
    Record<string, { readonly retention: { readonly [Key in AgeKey]?: number | undefined } }>
  >;
}

/** Returns the rules of a configuration. Data without a rule is kept. */
export function rulesOf({ retention, providers }: Settings): readonly RetentionRule[] {
  return RETENTION_KINDS.flatMap((kind) => {
    const name = AGE_KEYS[kind];
    const own = Object.entries(providers).flatMap(([id, { retention: ages }]) => {
      const days = ages[name];
      return days === undefined ? [] : [{ id: id as ProviderId, days }];
    });
    const ages = [...new Set(own.map(({ days }) => days))].filter((days) => days > 0);
    const ofProviders = ages.map((days): RetentionRule => {
      const providerIds = own.filter((each) => each.days === days).map(({ id }) => id);
      return { kind, days, providerIds, except: [], key: `${kind} ${days} ${providerIds.join()}` };
    });
    const days = retention[name];
    const except = own.map(({ id }) => id);
    const ofOthers: RetentionRule = { kind, days, except, key: `${kind} ${days} -${except.join()}` };
    return days > 0 ? [...ofProviders, ofOthers] : ofProviders;
  });
}

export const appliesTo = ({ providerIds, except }: RetentionRule, id: ProviderId): boolean =>
  providerIds ? providerIds.includes(id) : !except.includes(id);

/** Returns the time until which calls must have ended. */
export const cutoffOf = ({ days }: Pick<RetentionRule, 'days'>, now: number): number => now - days * DAY_MS;

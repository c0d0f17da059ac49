/** Why a call needs attention. Pure. */
import type { EnumOf } from '../api/graphql.ts';
import { RULE_IDS, type RuleId, type Thresholds } from './rules.ts';
import type { SpeechLevel } from './level-watch.ts';
import type { Signals } from './signals.ts';

/** A call with what the rules look at. */
export interface WatchedCall {
  readonly status: EnumOf<'CallStatus'>;
  readonly isLive: boolean;
  readonly direction: EnumOf<'CallDirection'> | null;
  readonly createdAt: string;
  readonly answeredAt: string | null;
  readonly signals: Signals;
}

export interface Reason {
  readonly rule: RuleId;
  /** Since when the condition holds, epoch ms; undefined for a level. */
  readonly since: number | undefined;
}

const UNIT_MS = { min: 60_000, s: 1000 } as const;

type Since = (call: WatchedCall) => number | undefined;

/** Since when the condition of a rule about time holds. */
const SINCE = {
  waiting: ({ signals, status, direction, createdAt }) =>
    direction !== 'OUTBOUND' && (status === 'RINGING' || status === 'QUEUED')
      ? Date.parse(createdAt)
      : signals.waitingSince,
  silence: ({ signals }) => signals.silentSince,
  talkOver: ({ signals }) => signals.bothSince,
  long: ({ answeredAt }) => (answeredAt === null ? undefined : Date.parse(answeredAt)),
} as const satisfies Record<Exclude<RuleId, 'quiet' | 'loud'>, Since>;

const THRESHOLD_MS = {
  waiting: UNIT_MS.s,
  silence: UNIT_MS.s,
  talkOver: UNIT_MS.s,
  long: UNIT_MS.min,
} as const satisfies Record<keyof typeof SINCE, number>;

const isTimed = (rule: RuleId): rule is keyof typeof SINCE => rule in SINCE;

/** The reasons of a call, the most important first. */
export function reasonsOf(
  call: WatchedCall,
  level: SpeechLevel | undefined,
  thresholds: Thresholds,
  now: number,
): readonly Reason[] {
  if (!call.isLive) return [];
  return RULE_IDS.flatMap((rule): Reason[] => {
    const { isOn, value } = thresholds[rule];
    if (!isOn) return [];
    if (isTimed(rule)) {
      const since = SINCE[rule](call);
      return since !== undefined && now - since >= value * THRESHOLD_MS[rule] ? [{ rule, since }] : [];
    }
    if (level === undefined) return [];
    return (rule === 'quiet' ? level.lowDb < value : level.highDb > value)
      ? [{ rule, since: undefined }]
      : [];
  });
}

/** The reasons of each call that has any. Unchanged ones stay the same objects, and so does the map if all are. */
export function attentionOf(
  previous: ReadonlyMap<string, readonly Reason[]>,
  calls: Iterable<WatchedCall & { readonly id: string }>,
  reasons: (call: WatchedCall & { readonly id: string }) => readonly Reason[],
): ReadonlyMap<string, readonly Reason[]> {
  const next = new Map<string, readonly Reason[]>();
  let isChanged = false;
  for (const call of calls) {
    const found = reasons(call);
    if (found.length === 0) continue;
    const known = previous.get(call.id);
    const isSame = known !== undefined && isEqual(known, found);
    isChanged ||= !isSame;
    next.set(call.id, isSame ? known : found);
  }
  return isChanged || next.size !== previous.size ? next : previous;
}

const isEqual = (one: readonly Reason[], other: readonly Reason[]): boolean =>
  one.length === other.length &&
  one.every(({ rule, since }, i) => rule === other[i]!.rule && since === other[i]!.since);

/** Orders calls that need attention first: by the most important reason, then by how long it lasts. */
export function compareReasons(
  one: readonly Reason[] | undefined,
  other: readonly Reason[] | undefined,
): number {
  const [a, b] = [one?.[0], other?.[0]];
  if (!a || !b) return Number(a === undefined) - Number(b === undefined);
  return RULE_IDS.indexOf(a.rule) - RULE_IDS.indexOf(b.rule) || (a.since ?? 0) - (b.since ?? 0);
}

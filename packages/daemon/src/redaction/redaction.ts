/**
 * Redaction before the first write: every event that is stored, and every partial that is published, passes here. Providers without
 * redaction cost nothing.
 */
import { createHmac } from 'node:crypto';
import type { ProviderEvent, ProviderId } from '@sidetone/core';
import type { TextRedaction } from '../calls/ports.ts';
import { countryOf, type Countries } from '../calls/numbers/countries.ts';
import { REDACTED_KINDS, type RedactedKind } from './detectors.ts';
import { compilePatterns, type PatternSetting } from './patterns.ts';
import { createRedactor, type Redactor } from './redactor.ts';
import { redactEvent, redactFact } from './texts.ts';

type Switches = { readonly [Kind in RedactedKind]?: boolean | undefined };
export type RedactionSettings = Switches & { readonly patterns?: readonly PatternSetting[] | undefined };

interface Settings {
  readonly redaction: RedactionSettings;
  readonly providers: Readonly<Record<string, { readonly redaction: RedactionSettings }>>;
}

/** How often something was redacted since the start; `pattern` for all patterns of the operator. */
export type RedactionCounts = Readonly<Record<RedactedKind | 'pattern', number>>;

export interface Redaction {
  readonly counts: RedactionCounts;
  /** @param key of the digests of dedupe keys that contain what is redacted */
  with(key: () => Uint8Array): TextRedaction;
}

/** Returns undefined if nothing is redacted. @throws {FaultError} CONFIG_INVALID for an invalid pattern. */
export async function createRedaction(
  { redaction, providers }: Settings,
  countries: Countries,
): Promise<Redaction | undefined> {
  const counts = Object.fromEntries([...REDACTED_KINDS, 'pattern'].map((kind) => [kind, 0])) as Record<
    RedactedKind | 'pattern',
    number
  >;
  const onFound = (name: string): void => void (counts[name as RedactedKind] += 1);
  const shared = await compilePatterns(redaction.patterns ?? [], 'redaction.patterns');
  const redactors = new Map<string, Redactor>();
  for (const [id, { redaction: its }] of Object.entries(providers)) {
    const own = await compilePatterns(its.patterns ?? [], `providers.${id}.redaction.patterns`);
    const kinds = REDACTED_KINDS.filter((kind) => its[kind] ?? redaction[kind]);
    const patterns = [...own, ...shared];
    const country = countryOf(countries, id as ProviderId);
    if (kinds.length + patterns.length > 0)
      redactors.set(id, createRedactor({ kinds, patterns, country, onFound }));
  }
  if (redactors.size === 0) return undefined;
  return { counts, with: (key) => createTextRedaction(redactors, key) };
}

function createTextRedaction(redactors: ReadonlyMap<string, Redactor>, key: () => Uint8Array): TextRedaction {
  const isSame = (a: object, b: object): boolean => JSON.stringify(a) === JSON.stringify(b);
  return {
    event(providerId, event) {
      const redactor = redactors.get(providerId);
      return redactor ? withSafeKey(event, redactEvent(event, redactor), isSame, key) : event;
    },
    fact(providerId, fact) {
      const redactor = redactors.get(providerId);
      return redactor ? (redactFact(fact, redactor) as typeof fact) : fact;
    },
    partial: (providerId, text) => redactors.get(providerId)?.partial(text) ?? text,
  };
}

/** Plugins derive the key from the content, so that of an event with redacted texts is replaced by a digest. */
function withSafeKey(
  before: ProviderEvent,
  after: ProviderEvent,
  isSame: (a: object, b: object) => boolean,
  key: () => Uint8Array,
): ProviderEvent {
  const { dedupeKey } = after;
  if (dedupeKey === undefined || isSame(before, after)) return after;
  const digest = createHmac('sha256', key()).update(dedupeKey).digest('base64url');
  return { ...after, dedupeKey: `redacted:${digest}` };
}

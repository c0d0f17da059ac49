/** Every audit, in the order of a report card. */
import type { Audit } from './audit.ts';
import { CONTROL_AUDITS } from './controls.ts';
import { DISCRETION_AUDITS } from './discretion.ts';
import { EVENT_AUDITS } from './events.ts';
import { INGRESS_AUDITS } from './ingress.ts';
import { LIFE_CYCLE_AUDITS } from './life-cycle.ts';
import { PLUGIN_AUDITS } from './plugin.ts';
import { RECOVERY_AUDITS } from './recovery.ts';
import { STREAM_AUDITS } from './streams.ts';

/** The audits by topic. */
export const AUDITS_BY_TOPIC = {
  plugin: PLUGIN_AUDITS,
  'life cycle': LIFE_CYCLE_AUDITS,
  events: EVENT_AUDITS,
  ingress: INGRESS_AUDITS,
  streams: STREAM_AUDITS,
  commands: CONTROL_AUDITS,
  recovery: RECOVERY_AUDITS,
  discretion: DISCRETION_AUDITS,
} as const satisfies Readonly<Record<string, readonly Audit[]>>;

/** All of them, in that order. */
export const AUDITS: readonly Audit[] = Object.values(AUDITS_BY_TOPIC).flat();

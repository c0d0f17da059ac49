/** All audits of providers, in the order of the report card. */
import type { Audit } from '../audit.ts';
import { BOUND_AUDITS } from './bounds.ts';
import { COMMAND_AUDITS } from './commands.ts';
import { COST_AUDITS } from './costs.ts';
import { DIAGNOSTICS_AUDITS } from './diagnostics.ts';
import { EVENT_AUDITS } from './events.ts';
import { INGRESS_AUDITS } from './ingress.ts';
import { LIFECYCLE_AUDITS } from './lifecycle.ts';
import { MACHINE_TIME_AUDITS } from './machine-time.ts';
import { PLUGIN_AUDITS } from './plugin.ts';
import { PRIVACY_AUDITS } from './privacy.ts';
import { RECOVERY_AUDITS } from './recovery.ts';
import { REPETITION_AUDITS } from './repetition.ts';
import { ROBUSTNESS_AUDITS } from './robustness.ts';
import { STATED_AUDITS } from './stated.ts';
import { STREAM_AUDITS } from './streams.ts';
import { WAITING_AUDITS } from './waiting.ts';

/** The audits by topic. */
export const AUDITS_BY_TOPIC = {
  plugin: PLUGIN_AUDITS,
  lifecycle: LIFECYCLE_AUDITS,
  events: EVENT_AUDITS,
  ingress: INGRESS_AUDITS,
  streams: STREAM_AUDITS,
  commands: COMMAND_AUDITS,
  recovery: RECOVERY_AUDITS,
  diagnostics: DIAGNOSTICS_AUDITS,
  privacy: PRIVACY_AUDITS,
  costs: COST_AUDITS,
  bounds: BOUND_AUDITS,
  waiting: WAITING_AUDITS,
  'time of the machine': MACHINE_TIME_AUDITS,
  repetition: REPETITION_AUDITS,
  scenario: STATED_AUDITS,
  robustness: ROBUSTNESS_AUDITS,
} as const satisfies Readonly<Record<string, readonly Audit[]>>;

/** All audits, in that order. */
export const AUDITS: readonly Audit[] = Object.values(AUDITS_BY_TOPIC).flat();

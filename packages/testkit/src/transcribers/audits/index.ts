/** All audits of transcribers, in the order of the report card. */
import type { TranscriberAudit } from '../audit.ts';
import { CONDITION_AUDITS } from './conditions.ts';
import { CONNECTION_AUDITS } from './connections.ts';
import { COST_AUDITS } from './costs.ts';
import { END_OF_CALL_AUDITS } from './end-of-call.ts';
import { LIFECYCLE_AUDITS } from './lifecycle.ts';
import { PLUGIN_AUDITS } from './plugin.ts';
import { PRIVACY_AUDITS } from './privacy.ts';
import { ROBUSTNESS_AUDITS } from './robustness.ts';
import { TRANSCRIPT_AUDITS } from './transcripts.ts';

/** The audits by topic. */
export const TRANSCRIBER_AUDITS_BY_TOPIC = {
  plugin: PLUGIN_AUDITS,
  lifecycle: LIFECYCLE_AUDITS,
  transcripts: TRANSCRIPT_AUDITS,
  connections: CONNECTION_AUDITS,
  'end of call': END_OF_CALL_AUDITS,
  privacy: PRIVACY_AUDITS,
  costs: COST_AUDITS,
  conditions: CONDITION_AUDITS,
  robustness: ROBUSTNESS_AUDITS,
} as const satisfies Readonly<Record<string, readonly TranscriberAudit[]>>;

/** All audits, in that order. */
export const TRANSCRIBER_AUDITS: readonly TranscriberAudit[] =
  Object.values(TRANSCRIBER_AUDITS_BY_TOPIC).flat();

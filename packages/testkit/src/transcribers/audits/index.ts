/** Every audit of transcribers, in the order of a report card. */
import type { TranscriberAudit } from '../audit.ts';
import { CONNECTION_AUDITS } from './connections.ts';
import { DISCRETION_AUDITS } from './discretion.ts';
import { END_AUDITS } from './ends.ts';
import { LIFE_CYCLE_AUDITS } from './life-cycle.ts';
import { PLUGIN_AUDITS } from './plugin.ts';
import { WORD_AUDITS } from './words.ts';

/** The audits by topic. */
export const TRANSCRIBER_AUDITS_BY_TOPIC = {
  plugin: PLUGIN_AUDITS,
  'life cycle': LIFE_CYCLE_AUDITS,
  words: WORD_AUDITS,
  connections: CONNECTION_AUDITS,
  ends: END_AUDITS,
  discretion: DISCRETION_AUDITS,
} as const satisfies Readonly<Record<string, readonly TranscriberAudit[]>>;

/** All of them, in that order. */
export const TRANSCRIBER_AUDITS: readonly TranscriberAudit[] =
  Object.values(TRANSCRIBER_AUDITS_BY_TOPIC).flat();

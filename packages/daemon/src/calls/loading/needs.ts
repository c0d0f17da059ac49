/** What the decision about an event reads. */
import { isLive, type Call, type ProviderEvent } from '@sidetone/core';
import type { LoadNeeds } from './ports.ts';

const ALWAYS: LoadNeeds = { transcript: 'ALWAYS' };
const LATE: LoadNeeds = { transcript: 'LATE' };
const NOTHING: LoadNeeds = {};

export function needsOf(event: ProviderEvent): LoadNeeds {
  if (event.type === 'call.report') return ALWAYS;
  if (event.type !== 'utterance.final') return NOTHING;
  return event.mayBeKnown === true ? ALWAYS : LATE;
}

export const needsTranscript = ({ transcript }: LoadNeeds, call: Call): boolean =>
  transcript === 'ALWAYS' || (transcript === 'LATE' && (!isLive(call) || call.isTranscriptReported));

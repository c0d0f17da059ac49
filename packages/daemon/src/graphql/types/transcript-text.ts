/** A whole call as text: one utterance a line. */
import type { Party } from '@sidetone/core';
import type { TranscriptLine } from '../../history/ports.ts';

const SPEAKERS = {
  CUSTOMER: 'Customer',
  ASSISTANT: 'Assistant',
  UNKNOWN: 'Speaker',
} as const satisfies Record<Party, string>;

export const transcriptText = (lines: readonly TranscriptLine[]): string =>
  lines.map(({ party, text }) => `${SPEAKERS[party]}: ${text}`).join('\n');

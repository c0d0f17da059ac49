/** What each kind of data consists of. */
import type { CallFactType } from '@sidetone/core';

const list = (types: readonly CallFactType[]): string => types.map((type) => `'${type}'`).join();

/** Events that consist of words or of pressed keys, as a list in SQL. */
export const SPOKEN = list(['UTTERANCE_FINALIZED', 'UTTERANCE_REVISED', 'DTMF_RECEIVED']);
/** Events that have such texts besides other things. */
export const WITH_TEXTS = list(['CALL_STARTED', 'CALL_UPDATED', 'CALL_REPORTED', 'COMMAND_CHANGED']);
/** Events that belong to the transcript, to the notes, or to the hold. */
export const OF_OTHER_KINDS = list([
  'UTTERANCE_FINALIZED',
  'UTTERANCE_REVISED',
  'CALL_ANNOTATED',
  'CALL_HOLD_CHANGED',
]);

/** The texts in the arguments of commands, and in events. */
export const ARGUMENTS = ['$.content', '$.digits'];
export const TEXTS = [
  '$.summary',
  '$.providerData',
  '$.details.providerData',
  '$.command.arguments.content',
  '$.command.arguments.digits',
];

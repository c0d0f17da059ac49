/** Ids of ours: the kind as a prefix, then a UUID of version 7, ordered by time and made without a central counter. */
import {
  ID_PREFIXES,
  type CallId,
  type CommandId,
  type IdSource,
  type ListenerId,
  type NoteId,
  type StreamId,
  type UtteranceId,
} from '@sidetone/core';
import { v7 } from 'uuid';

const unique = (): string => v7().replaceAll('-', '');

export function createIds(): IdSource {
  return {
    call: () => `${ID_PREFIXES.call}${unique()}` as CallId,
    utterance: () => `${ID_PREFIXES.utterance}${unique()}` as UtteranceId,
    command: () => `${ID_PREFIXES.command}${unique()}` as CommandId,
    note: () => `${ID_PREFIXES.note}${unique()}` as NoteId,
    listener: () => `${ID_PREFIXES.listener}${unique()}` as ListenerId,
    stream: () => `${ID_PREFIXES.stream}${unique()}` as StreamId,
  };
}

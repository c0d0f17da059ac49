/** Sidetone's ids: a prefix that names the kind, then a UUID of version 7, which sorts by time. */
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

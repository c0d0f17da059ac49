/** From ids to what they are of. */
import {
  FaultError,
  ID_PREFIXES,
  providerId,
  type Call,
  type CallId,
  type CommandId,
  type UtteranceId,
} from '@sidetone/core';
import type { SchemaDeps } from '../builder.ts';

/** The call of something that is stored: it is there. */
export async function callOf({ registry, history }: SchemaDeps, id: CallId): Promise<Call> {
  const call = registry.peek(id) ?? (await history.call(id));
  if (!call) throw new FaultError('CALL_NOT_FOUND', 'the call was erased');
  return call;
}

/** Whatever has this id, or nothing. */
export async function nodeOf(deps: SchemaDeps, id: string): Promise<object | null> {
  const { history, providers } = deps;
  if (id.startsWith(ID_PREFIXES.call)) return (await history.call(id as CallId)) ?? null;
  if (id.startsWith(ID_PREFIXES.utterance)) return (await history.utterance(id as UtteranceId)) ?? null;
  if (id.startsWith(ID_PREFIXES.command)) return (await history.command(id as CommandId)) ?? null;
  return providers.get(providerId(id)) ?? null;
}

/** Finds the objects that ids refer to. */
import {
  FaultError,
  ID_PREFIXES,
  providerId,
  type Call,
  type CallId,
  type CommandId,
  type ProviderId,
  type UtteranceId,
} from '@sidetone/core';
import { NO_TRAFFIC } from '../../plugins/provider/provider-traffic.ts';
import type { ProviderView, TranscriberView } from '../../plugins/ports.ts';
import type { SchemaDeps } from '../builder.ts';
import type { NowOrLater } from '../../now-or-later.ts';

/**
 * Returns the call of a stored object, without a promise if it is in memory: most events are those of live calls.
 * @throws {FaultError} CALL_NOT_FOUND if it was erased meanwhile.
 */
export function callOf({ calls, history }: SchemaDeps, id: CallId): NowOrLater<Call> {
  return calls.peek(id) ?? readCall(history, id);
}

async function readCall(history: SchemaDeps['history'], id: CallId): Promise<Call> {
  const call = await history.call(id);
  if (!call) throw new FaultError('CALL_NOT_FOUND', 'the call was erased');
  return call;
}

/** Returns the object with this id, or null. */
export async function nodeOf(deps: SchemaDeps, id: string): Promise<object | null> {
  const { history, providers } = deps;
  if (id.startsWith(ID_PREFIXES.call)) return (await history.call(id as CallId)) ?? null;
  if (id.startsWith(ID_PREFIXES.utterance)) return (await history.utterance(id as UtteranceId)) ?? null;
  if (id.startsWith(ID_PREFIXES.command)) return (await history.command(id as CommandId)) ?? null;
  return providers.get(providerId(id)) ?? null;
}

/** Returns a provider, or a placeholder if it was removed from the configuration: its calls are still stored. */
export function providerOf({ providers }: Pick<SchemaDeps, 'providers'>, id: ProviderId): ProviderView {
  const reject = () => Promise.reject(notConfigured('provider', id));
  return (
    providers.get(id) ?? {
      ...placeholder(id),
      isRunning: false,
      failedRequests: 0,
      rejectedEvents: 0,
      traffic: NO_TRAFFIC,
      notices: [],
      recentRequests: { list: () => [] },
      webhookUrls: [],
      capabilities: [],
      providesTranscript: false,
      capabilitiesFor: () => [],
      control: reject,
      placeCall: reject,
    }
  );
}

/** Returns a transcriber, or a placeholder if it was removed from the configuration. */
export function transcriberOf(
  { transcribers }: Pick<SchemaDeps, 'transcribers'>,
  id: string,
): TranscriberView {
  return (
    transcribers.get(id) ?? {
      ...placeholder(id),
      open() {
        throw notConfigured('transcriber', id);
      },
    }
  );
}

const placeholder = <Id extends string>(id: Id) =>
  ({
    id,
    plugin: '',
    displayName: id,
    state: 'STOPPED',
    stateMessage: 'removed from the configuration',
  }) as const;

const notConfigured = (kind: 'provider' | 'transcriber', id: string): FaultError =>
  new FaultError('PROVIDER_NOT_RUNNING', `the ${kind} ${id} is not configured`);

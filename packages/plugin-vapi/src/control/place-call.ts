/** Places calls. Those over the WebSocket transport are also connected to. */
import type { Clock, CommandContext, PlaceCallArguments, ProviderCallId } from '@sidetone/core';
import type { Country } from '@sidetone/plugin-kit';
import type { CallPublisher } from '../calls/call-publisher.ts';
import type { TransportCalls } from '../media/transport-calls.ts';
import type { VapiApi } from '../rest/api.ts';
import { callRequestOf } from './call-request.ts';

interface PlaceCallDeps {
  readonly api: Pick<VapiApi, 'createCall'>;
  readonly publisher: Pick<CallPublisher, 'publishCall'>;
  readonly transportCalls: Pick<TransportCalls, 'assertCapacity' | 'connect'>;
  readonly clock: Clock;
  /** The country of national numbers. */
  readonly country: Country | undefined;
  readonly stopped: AbortSignal;
}

/**
 * Places a call and publishes it.
 * @throws {FaultError} INPUT_INVALID, LIMIT_EXCEEDED, or of kind `provider`.
 */
export async function placeCall(
  { api, publisher, transportCalls, clock, country, stopped }: PlaceCallDeps,
  args: PlaceCallArguments,
  { signal }: CommandContext,
): Promise<ProviderCallId> {
  const { body, transport } = callRequestOf(args, country);
  if (transport) transportCalls.assertCapacity();
  const requestedAt = clock.now();
  const call = await api.createCall(body, AbortSignal.any([signal, stopped]));
  if (transport) transportCalls.connect(call, transport);
  await publisher.publishCall(call, requestedAt);
  return call.id as ProviderCallId;
}

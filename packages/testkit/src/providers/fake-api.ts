/** The provider's HTTP API and WebSocket server, with simulated failures. */
import { FaultError } from '@sidetone/core';
import { connectionFailure, NEVER, type FakeReply, type FakeRequest } from '../fakes/fake-fetch.ts';
import type { Scenario } from './scenario.ts';

/**
 * How the provider behaves. `responds` answers as the scenario says. `disconnects` breaks the connection after it has
 * received the request, so it is unknown whether it was carried out.
 */
export type ApiBehaviour = 'responds' | 'rejects' | 'rateLimits' | 'hangs' | 'unreachable' | 'disconnects';

/** The state of the API, set by the audit. */
export interface ApiState {
  api: ApiBehaviour;
  /** Whether the call of the scenario has ended. */
  callHasEnded: boolean;
}

const REFUSAL: FakeReply = { status: 400, json: { message: 'Not now.' } };
const RATE_LIMIT: FakeReply = {
  status: 429,
  headers: { 'retry-after': '1' },
  json: { message: 'Too many requests.' },
};
const NOT_FOUND: FakeReply = { status: 404, json: { message: 'Not found.' } };

/** Returns whether a request is for the audio file of `playAudio`, which is not served by the provider's API. */
export const isForAudioFile = ({ controls }: Scenario, { url }: FakeRequest): boolean =>
  url.href === controls?.playAudio?.valid.url;

/** Returns the response to a request. @throws the network error of a failed connection. */
export function replyTo(
  scenario: Scenario,
  { api, callHasEnded }: ApiState,
  request: FakeRequest,
  requests: readonly FakeRequest[],
): FakeReply | Promise<FakeReply> {
  const respond = (): FakeReply => scenario.api?.(request, { callHasEnded, requests }) ?? NOT_FOUND;
  if (api === 'hangs') return NEVER(request);
  if (api === 'unreachable') throw connectionFailure('ECONNREFUSED');
  if (api === 'responds' || isForAudioFile(scenario, request)) return respond();
  if (api === 'disconnects') throw connectionFailure('ECONNRESET');
  return api === 'rateLimits' ? RATE_LIMIT : (scenario.refusal ?? REFUSAL);
}

/** Answers a WebSocket handshake: it is accepted, unless the provider hangs or is unreachable. */
export function answerDial({ api }: ApiState): void | Promise<void> {
  if (api === 'hangs') return new Promise<void>(() => {});
  if (api === 'unreachable') throw new FaultError('PROVIDER_UNREACHABLE', 'connection refused');
  return undefined;
}

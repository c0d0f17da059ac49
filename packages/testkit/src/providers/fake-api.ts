/** The provider's HTTP API and the far end of what is dialled, in any of its moods. */
import { FaultError } from '@sidetone/core';
import { connectionFailure, NEVER, type FakeReply, type FakeRequest } from '../fakes/fake-fetch.ts';
import type { Scenario } from './scenario.ts';

/**
 * How it behaves: as its author says, refusing, asking to slow down, not answering, not there, or losing the connection
 * after it was asked, which leaves open whether what was asked for was done.
 */
export type ApiMood = 'answers' | 'refuses' | 'limits' | 'hangs' | 'unreachable' | 'breaks';

/** How it is now; whoever plays the provider changes it. */
export interface ApiState {
  api: ApiMood;
  /** Whether the call of the scenario is over, as far as the API knows. */
  callIsOver: boolean;
}

const REFUSAL: FakeReply = { status: 400, json: { message: 'Not now.' } };
const LIMIT: FakeReply = {
  status: 429,
  headers: { 'retry-after': '1' },
  json: { message: 'Too many requests.' },
};
const NOT_FOUND: FakeReply = { status: 404, json: { message: 'There is nothing here.' } };

/** Whether a request is for the sound that a control is to play: which is not the provider's, and has no moods of its. */
export const isForSound = ({ controls }: Scenario, { url }: FakeRequest): boolean =>
  url.href === controls?.playAudio?.valid.url;

/** What a request is answered; throws where the connection fails. */
export function replyTo(
  scenario: Scenario,
  { api, callIsOver }: ApiState,
  request: FakeRequest,
): FakeReply | Promise<FakeReply> {
  const answer = (): FakeReply => scenario.api?.(request, { callIsOver }) ?? NOT_FOUND;
  if (api === 'hangs') return NEVER(request);
  if (api === 'unreachable') throw connectionFailure('ECONNREFUSED');
  if (api === 'answers' || isForSound(scenario, request)) return answer();
  if (api === 'breaks') throw connectionFailure('ECONNRESET');
  return api === 'limits' ? LIMIT : (scenario.refusal ?? REFUSAL);
}

/** What a dial is answered: it is taken, unless nobody is there. */
export function answerDial({ api }: ApiState): void | Promise<void> {
  if (api === 'hangs') return new Promise<void>(() => {});
  if (api === 'unreachable') throw new FaultError('PROVIDER_UNREACHABLE', 'there is no way to it');
  return undefined;
}

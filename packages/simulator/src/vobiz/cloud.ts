import { VOBIZ_BEHAVIOUR, withDials } from '../behaviour.ts';
import type { VobizBehaviour } from '../behaviour.ts';
import { rememberCall } from '../call/call-list.ts';
import type { FrameClock } from '../call/frame-clock.ts';
import type { HttpReply, HttpRequest } from '../http/http-request.ts';
import type { Script, SpeechLibrary } from '../speech/library.ts';
import { createVobizCall } from './call.ts';
import type { VobizCall } from './call.ts';
import { answerRest } from './rest.ts';
import type { Account } from './rest.ts';
import type { Application } from './webhooks.ts';

/** What the fake Vobiz needs. The application is asked for when a call starts, because it may change. */
export interface VobizCloudDeps {
  readonly speech: SpeechLibrary;
  readonly clock: FrameClock;
  readonly account: Account;
  readonly behaviour: Partial<VobizBehaviour>;
  readonly application: () => Application;
}

/** The fake Vobiz. Whoever creates it closes it. */
export interface VobizCloud {
  readonly calls: readonly VobizCall[];
  start(script: Script, dials: object): VobizCall;
  rest(request: HttpRequest, path: string): HttpReply;
  close(): void;
}

const OUR_NUMBER = '+918000000001';
const FIRST_CALLER = 919_000_000_000;
const CALLERS = 1_000;

/** A Vobiz without calls. */
export function createVobizCloud({
  speech,
  clock,
  account,
  application,
  ...deps
}: VobizCloudDeps): VobizCloud {
  const behaviour = withDials(VOBIZ_BEHAVIOUR, deps.behaviour);
  const calls: VobizCall[] = [];
  let count = 0;
  return {
    calls,
    start(script, dials) {
      count += 1;
      const call = createVobizCall({
        authId: account.authId,
        from: `+${FIRST_CALLER + (count % CALLERS)}`,
        to: OUR_NUMBER,
        script,
        speech,
        clock,
        behaviour: withDials(behaviour, dials),
        application: application(),
      });
      rememberCall(calls, call);
      return call;
    },
    rest: (request, path) => answerRest(request, path, account, calls),
    close() {
      for (const call of calls) call.close();
    },
  };
}

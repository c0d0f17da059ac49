import { withDials } from '../behaviour.ts';
import { rememberCall } from '../call/call-list.ts';
import type { FrameClock } from '../call/frame-clock.ts';
import type { HttpReply, HttpRequest } from '../http/http-request.ts';
import type { Script, SpeechLibrary } from '../speech/library.ts';
import { VOBIZ_BEHAVIOUR } from './behaviour.ts';
import type { VobizBehaviour } from './behaviour.ts';
import { createVobizCall } from './call.ts';
import type { VobizCall, VobizCallDeps } from './call-contract.ts';
import { createRooms } from './line/conference.ts';
import { answerRest } from './rest/rest.ts';
import { createRestFaults } from './rest/fault-injection.ts';
import type { Account } from './rest/replies.ts';
import type { SigningKeys } from './webhook/signature.ts';
import type { Application } from './webhook/webhooks.ts';

/** What the fake Vobiz needs. The application is asked for when a call starts, because it may change. */
export interface VobizCloudDeps {
  readonly speech: SpeechLibrary;
  readonly clock: FrameClock;
  readonly account: Account;
  readonly keys: SigningKeys;
  readonly behaviour: Partial<VobizBehaviour>;
  readonly application: () => Application;
}

/** The fake Vobiz. Whoever creates it closes it. */
export interface VobizCloud {
  readonly calls: readonly VobizCall[];
  start(script: Script, dials: object): VobizCall;
  /** Changes dials for calls that begin later, and for REST at once. Throws a `RangeError` for an unknown one. */
  dial(dials: object): void;
  rest(request: HttpRequest, path: string): HttpReply;
  close(): void;
}

const FALLBACK_NUMBER = '+918000000001';
const FIRST_CALLER = 919_000_000_000;
const CALLERS = 1_000;

/** A Vobiz without calls. */
export function createVobizCloud({
  speech,
  clock,
  account,
  keys,
  application,
  ...deps
}: VobizCloudDeps): VobizCloud {
  let behaviour = withDials(VOBIZ_BEHAVIOUR, deps.behaviour);
  const calls: VobizCall[] = [];
  const rooms = createRooms();
  const faults = createRestFaults(() => behaviour);
  let count = 0;

  const begin = (
    call: Pick<
      VobizCallDeps,
      'direction' | 'from' | 'to' | 'script' | 'behaviour' | 'application' | 'timeLimitS'
    >,
  ): VobizCall => {
    const begun = createVobizCall({ ...call, authId: account.authId, speech, clock, keys, rooms });
    rememberCall(calls, begun);
    return begun;
  };

  return {
    calls,
    start(script, dials) {
      const own = withDials(behaviour, dials);
      count += 1;
      return begin({
        direction: 'inbound',
        from: `+${FIRST_CALLER + (count % CALLERS)}`,
        to: own.ownNumbers[0] ?? FALLBACK_NUMBER,
        script,
        behaviour: own,
        application: application(),
      });
    },
    dial(dials) {
      behaviour = withDials(behaviour, dials);
      faults.reset();
    },
    rest: (request, path) =>
      faults.around(() =>
        answerRest(request, path, {
          account,
          calls,
          rooms,
          dials: () => behaviour,
          place(order) {
            const script = speech.script(behaviour.placedScript) ?? speech.scripts[0];
            if (script === undefined) throw new RangeError('there are no scripts');
            return begin({ ...order, direction: 'outbound', script, behaviour });
          },
        }),
      ),
    close() {
      for (const call of calls) call.close();
    },
  };
}

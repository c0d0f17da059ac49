import { mergeBehaviour } from '../behaviour.ts';
import { rememberCall } from '../call/call-list.ts';
import type { FrameClock } from '../call/frame-clock.ts';
import type { HttpReply, HttpRequest } from '../http/http-request.ts';
import type { Script, SpeechLibrary } from '../speech/library.ts';
import { VOBIZ_BEHAVIOUR } from './behaviour.ts';
import type { VobizBehaviour } from './behaviour.ts';
import { createVobizCall } from './call/call.ts';
import type { VobizCall, VobizCallDeps } from './call/call-contract.ts';
import { createRooms } from './line/conference.ts';
import { handleRest } from './rest/rest.ts';
import { createRestFaults } from './rest/fault-injection.ts';
import type { Account } from './rest/replies.ts';
import type { SigningKeys } from './webhook/signature.ts';
import type { Application } from './webhook/webhooks.ts';

/** The dependencies of the cloud. `application` is called when a call starts, because its result can change. */
interface VobizCloudDeps {
  readonly speech: SpeechLibrary;
  readonly clock: FrameClock;
  readonly account: Account;
  readonly keys: SigningKeys;
  readonly behaviour: Partial<VobizBehaviour>;
  readonly application: () => Application;
}

/** The simulated Vobiz. The caller closes it. */
export interface VobizCloud {
  readonly calls: readonly VobizCall[];
  start(script: Script, changes: object): VobizCall;
  /** Changes the behaviour of later calls, and of REST immediately. @throws {RangeError} for an unknown option */
  setBehaviour(changes: object): void;
  rest(request: HttpRequest, path: string): HttpReply;
  close(): void;
}

const FALLBACK_NUMBER = '+918000000001';
const FIRST_CALLER = 919_000_000_000;
const CALLERS = 1_000;

/** Creates a Vobiz without calls. */
export function createVobizCloud({
  speech,
  clock,
  account,
  keys,
  application,
  ...deps
}: VobizCloudDeps): VobizCloud {
  let behaviour = mergeBehaviour(VOBIZ_BEHAVIOUR, deps.behaviour);
  const calls: VobizCall[] = [];
  const rooms = createRooms();
  const faults = createRestFaults(() => behaviour);
  let count = 0;

  const startCall = (
    call: Pick<
      VobizCallDeps,
      'direction' | 'from' | 'to' | 'script' | 'behaviour' | 'application' | 'timeLimitS'
    >,
  ): VobizCall => {
    const started = createVobizCall({ ...call, authId: account.authId, speech, clock, keys, rooms });
    rememberCall(calls, started);
    return started;
  };

  return {
    calls,
    start(script, changes) {
      const callBehaviour = mergeBehaviour(behaviour, changes);
      count += 1;
      return startCall({
        direction: 'inbound',
        from: `+${FIRST_CALLER + (count % CALLERS)}`,
        to: callBehaviour.ownNumbers[0] ?? FALLBACK_NUMBER,
        script,
        behaviour: callBehaviour,
        application: application(),
      });
    },
    setBehaviour(changes) {
      behaviour = mergeBehaviour(behaviour, changes);
      faults.reset();
    },
    rest: (request, path) =>
      faults.apply(() =>
        handleRest(request, path, {
          account,
          calls,
          rooms,
          behaviour: () => behaviour,
          application,
          place(request) {
            const script = speech.script(behaviour.placedScript) ?? speech.scripts[0];
            if (script === undefined) throw new RangeError('there are no scripts');
            return startCall({ ...request, direction: 'outbound', script, behaviour });
          },
        }),
      ),
    close() {
      for (const call of calls) call.close();
    },
  };
}

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { mergeBehaviour } from '../behaviour.ts';
import { rememberCall } from '../call/call-list.ts';
import type { FrameClock } from '../call/frame-clock.ts';
import type { HttpReply, HttpRequest } from '../http/http-request.ts';
import type { Script, SpeechLibrary } from '../speech/library.ts';
import { VAPI_BEHAVIOUR } from './behaviour.ts';
import type { VapiBehaviour } from './behaviour.ts';
import { createRateLimiter } from './rest/rate-limit.ts';
import { createVapiCall } from './call/call.ts';
import type { VapiCall } from './call/call-contract.ts';
import { handleControl } from './control/control-endpoint.ts';
import { createUpgradeHandler } from './upgrade-handler.ts';
import { createPastCalls, MAX_PAST_CALLS } from './past-calls.ts';
import type { PastCallsOptions, ListedCall } from './past-calls.ts';
import type { Placement } from './rest/placement.ts';
import { handleRest } from './rest/rest.ts';
import type { Webhook } from './webhook/message-sender.ts';

/** The dependencies of the cloud. The functions are called when a call starts, because their results can change. */
interface VapiCloudDeps {
  readonly speech: SpeechLibrary;
  readonly clock: FrameClock;
  readonly apiKey: string;
  readonly publicKey: string;
  readonly behaviour: Partial<VapiBehaviour>;
  readonly origin: () => string;
  readonly webhook: () => Webhook;
}

/** The simulated Vapi. The caller closes it. */
export interface VapiCloud {
  readonly calls: readonly VapiCall[];
  start(script: Script, changes: object): VapiCall;
  /** Changes the behaviour of later calls, and of REST immediately. @throws {RangeError} for an unknown option */
  setBehaviour(changes: object): void;
  /** Generates past calls. @throws {RangeError} when there are too many */
  addPastCalls(options: PastCallsOptions): void;
  rest(request: HttpRequest, path: string): HttpReply;
  control(callId: string, request: HttpRequest): HttpReply;
  upgrade(
    purpose: 'listen' | 'transport',
    callId: string,
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
  ): void;
  close(): void;
}

/** Creates a Vapi without calls. */
export function createVapiCloud(deps: VapiCloudDeps): VapiCloud {
  const { speech, clock, apiKey, publicKey } = deps;
  let behaviour = mergeBehaviour(VAPI_BEHAVIOUR, deps.behaviour);
  const calls: VapiCall[] = [];
  const pastCalls: ListedCall[] = [];
  const deleted = new Set<string>();
  const upgrades = createUpgradeHandler(publicKey);
  const rateLimiter = createRateLimiter(() => behaviour);
  const find = (id: string): VapiCall | undefined => calls.find((call) => call.id === id);

  const place = ({ placed, behaviour: requested, webhook }: Placement): VapiCall => {
    const script = speech.script(behaviour.placedScript) ?? speech.scripts[0];
    if (script === undefined) throw new RangeError('there are no scripts');
    const call = createVapiCall({
      origin: deps.origin(),
      script,
      speech,
      clock,
      behaviour: { ...behaviour, ...requested },
      webhook: { ...deps.webhook(), ...webhook },
      placed,
    });
    rememberCall(calls, call);
    return call;
  };

  return {
    calls,
    start(script, changes) {
      const call = createVapiCall({
        origin: deps.origin(),
        script,
        speech,
        clock,
        behaviour: mergeBehaviour(behaviour, changes),
        webhook: deps.webhook(),
      });
      rememberCall(calls, call);
      return call;
    },
    setBehaviour(changes) {
      behaviour = mergeBehaviour(behaviour, changes);
    },
    addPastCalls(options) {
      if (pastCalls.length + options.count > MAX_PAST_CALLS)
        throw new RangeError(`count: expected at most ${MAX_PAST_CALLS} past calls in total`);
      pastCalls.push(...createPastCalls(options, speech.scripts, deps.origin));
    },
    rest: (request, path) =>
      handleRest(request, path, {
        apiKey,
        publicKey,
        rateLimiter,
        behaviour: () => behaviour,
        serverUrl: () => deps.webhook().url,
        calls: calls.filter(({ id }) => !deleted.has(id)),
        pastCalls,
        place,
        remove(id) {
          const index = pastCalls.findIndex((call) => call.id === id);
          if (index >= 0) pastCalls.splice(index, 1);
          else deleted.add(id);
          for (const gone of deleted) if (find(gone) === undefined) deleted.delete(gone);
          find(id)?.end('call-deleted');
        },
      }),
    control: (callId, request) => handleControl(find(callId), request, publicKey),
    upgrade: (purpose, callId, request, socket, head) =>
      upgrades[purpose](find(callId), request, socket, head),
    close() {
      for (const call of calls) call.close();
      upgrades.close();
    },
  };
}

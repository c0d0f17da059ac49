/** Places calls over REST. */
import {
  invalidArgument,
  type CommandContext,
  type PlaceCallArguments,
  type ProviderCallId,
  type ProviderHost,
} from '@sidetone/core';
import type { JsonObject } from '@sidetone/plugin-kit';
import type { CallTracker } from '../calls/call-tracker.ts';
import { PHONE_NUMBER, SIP_ADDRESS } from '../config.ts';
import type { VobizApi } from '../rest/api.ts';
import { callStarted } from '../translate.ts';
import { boolean, checkOptions, integer, literalOr, text, webUrl, type Checks } from './argument-checks.ts';

/** Parameters of a new call that clients may set. Its callback URLs are set by this plugin. */
const CALL_OPTIONS: Checks = {
  caller_name: text('1 to 50 characters', /^.{1,50}$/su),
  send_digits: text('keys, with w for half a second and W for one', /^[0-9*#wW]+$/),
  send_on_preanswer: boolean,
  time_limit: integer(1, 86_400),
  hangup_on_ring: integer(0, 600),
  ring_timeout: integer(1, 600),
  machine_detection: literalOr(true, text('hangup', /^(true|hangup)$/)),
  machine_detection_time: integer(2000, 10_000),
  machine_detection_maximum_speech_length: integer(1, 60_000),
  machine_detection_initial_silence: integer(1, 60_000),
  machine_detection_maximum_words: integer(1, 1000),
  machine_detection_initial_greeting: integer(1, 60_000),
  sip_headers: text('name=value pairs, separated by commas', /^[\w-]+=[^,\s]*(,[\w-]+=[^,\s]*)*$/),
  fallback_url: webUrl,
};

interface PlaceCallDeps {
  readonly host: Pick<ProviderHost, 'clock' | 'publicUrl'>;
  readonly api: Pick<VobizApi, 'makeCall'>;
  readonly calls: Pick<CallTracker, 'addPlaced' | 'emit' | 'hasEnded'>;
  /** The number to call from unless the arguments name one. */
  readonly defaultFrom: string | undefined;
  /** Aborts when the instance stops. */
  readonly signal: AbortSignal;
}

interface CallOrder {
  readonly to: string;
  readonly from: string;
  /** The body of the request. */
  readonly body: JsonObject;
}

/** @throws {FaultError} INPUT_INVALID, with the name of the argument. */
function orderOf(
  { to, from, assistantId, providerOptions }: PlaceCallArguments,
  { host, defaultFrom }: PlaceCallDeps,
): CallOrder {
  if (assistantId !== undefined) {
    throw invalidArgument(
      'assistantId',
      'Vobiz has no assistants: the option `answer` determines how the call is handled',
    );
  }
  // Several numbers in one request would be several calls.
  if (!PHONE_NUMBER.test(to) && !SIP_ADDRESS.test(to)) {
    throw invalidArgument('to', 'expected one phone number, or sip:user@host');
  }
  const caller = from ?? defaultFrom;
  if (caller === undefined || !PHONE_NUMBER.test(caller)) {
    throw invalidArgument('from', "expected one of the account's numbers, here or as the option `from`");
  }
  const options = checkOptions(providerOptions, CALL_OPTIONS);
  const callback = (path: string): string => host.publicUrl(path).href;
  return {
    to,
    from: caller,
    body: {
      ...options,
      from: caller,
      to,
      answer_url: callback('answer'),
      answer_method: 'POST',
      ring_url: callback('ring'),
      ring_method: 'POST',
      hangup_url: callback('hangup'),
      hangup_method: 'POST',
      ...(options['machine_detection'] !== undefined && {
        machine_detection: String(options['machine_detection']),
        machine_detection_url: callback('events'),
        machine_detection_method: 'POST',
      }),
      ...(options['fallback_url'] !== undefined && { fallback_method: 'POST' }),
    },
  };
}

/** Returns the function that places a call and resolves to its id. The request is never retried. */
export function createPlaceCall(deps: PlaceCallDeps) {
  const { host, api, calls } = deps;
  return async (args: PlaceCallArguments, { signal }: CommandContext): Promise<ProviderCallId> => {
    const { to, from, body } = orderOf(args, deps);
    const callId = (await api.makeCall(body, AbortSignal.any([signal, deps.signal]))) as ProviderCallId;
    // Its first webhooks may arrive before the response.
    if (calls.hasEnded(callId)) return callId;
    calls.addPlaced(callId);
    const started = callStarted(callId, host.clock.now(), {
      status: 'queued',
      direction: 'outbound',
      from,
      to,
    });
    await calls.emit([started]);
    return callId;
  };
}

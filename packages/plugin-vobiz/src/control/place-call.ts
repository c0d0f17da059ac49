/** What placing a call asks of Vobiz. Pure. */
import { invalidArgument, type PlaceCallArguments } from '@sidetone/core';
import { type JsonObject } from '@sidetone/plugin-kit';
import {
  address,
  checkedOptions,
  orWord,
  text,
  wholeNumber,
  yesOrNo,
  type Checks,
} from './argument-checks.ts';
import { PHONE_NUMBER, SIP_ADDRESS } from '../config.ts';

/** Fields of a new call that may be given. Its addresses are ours, so they are not among them. */
const CALL_OPTIONS: Checks = {
  caller_name: text('1 to 50 characters', /^.{1,50}$/su),
  send_digits: text('keys, with w for half a second and W for one', /^[0-9*#wW]+$/),
  send_on_preanswer: yesOrNo,
  time_limit: wholeNumber(1, 86_400),
  hangup_on_ring: wholeNumber(0, 600),
  ring_timeout: wholeNumber(1, 600),
  machine_detection: orWord(true, text('hangup', /^(true|hangup)$/)),
  machine_detection_time: wholeNumber(2000, 10_000),
  machine_detection_maximum_speech_length: wholeNumber(1, 60_000),
  machine_detection_initial_silence: wholeNumber(1, 60_000),
  machine_detection_maximum_words: wholeNumber(1, 1000),
  machine_detection_initial_greeting: wholeNumber(1, 60_000),
  sip_headers: text('name=value pairs with commas between', /^[\w-]+=[^,\s]*(,[\w-]+=[^,\s]*)*$/),
  fallback_url: address,
};

export interface CallAddresses {
  readonly answer: URL;
  readonly hangup: URL;
  readonly ring: URL;
  /** Where other news of the call goes. */
  readonly events: URL;
}

export interface CallOrder {
  readonly to: string;
  readonly from: string;
  /** What is posted. */
  readonly body: JsonObject;
}

/** @throws {FaultError} INPUT_INVALID, with the name of the argument. */
export function orderOf(
  { to, from, assistantId, providerOptions }: PlaceCallArguments,
  defaultFrom: string | undefined,
  addresses: CallAddresses,
): CallOrder {
  if (assistantId !== undefined) {
    throw invalidArgument(
      'assistantId',
      'Vobiz has no assistants: the call goes where the option answer says',
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
  const options = checkedOptions(providerOptions, CALL_OPTIONS);
  const detects = options['machine_detection'] !== undefined;
  return {
    to,
    from: caller,
    body: {
      ...options,
      from: caller,
      to,
      answer_url: addresses.answer.href,
      answer_method: 'POST',
      ring_url: addresses.ring.href,
      ring_method: 'POST',
      hangup_url: addresses.hangup.href,
      hangup_method: 'POST',
      ...(detects && {
        machine_detection: String(options['machine_detection']),
        machine_detection_url: addresses.events.href,
        machine_detection_method: 'POST',
      }),
      ...(options['fallback_url'] !== undefined && { fallback_method: 'POST' }),
    },
  };
}

/** Turns the arguments of a transfer into the order to dial. Pure. */
import { invalidArgument, type ControlArguments } from '@sidetone/core';
import { definedFields } from '@sidetone/plugin-kit';
import type { DialOrder } from '../answer/dial-order.ts';
import { PHONE_NUMBER, SIP_ADDRESS } from '../config.ts';
import {
  boolean,
  checkOptions,
  checkSpokenText,
  integer,
  literalOr,
  text,
  webUrl,
  type Checks,
} from './argument-checks.ts';

/** Attributes of `Dial` that clients may set. Those that would take the call away from this daemon are not allowed. */
const DIAL_ATTRIBUTES: Checks = {
  timeout: integer(1, 600),
  timeLimit: integer(1, 86_400),
  hangupOnStar: boolean,
  dialMusic: literalOr('real', webUrl),
  callerName: text('1 to 50 characters', /^.{1,50}$/su),
  confirmSound: webUrl,
  confirmKey: text('one key', /^[0-9*#]$/),
  confirmTimeout: integer(1, 600),
  digitsMatch: text('keys, with commas between patterns', /^[0-9*#,]+$/),
  digitsMatchBLeg: text('keys, with commas between patterns', /^[0-9*#,]+$/),
  sipHeaders: text('name=value pairs, separated by commas', /^[\w-]+=[^,\s]*(,[\w-]+=[^,\s]*)*$/),
};

const EXTENSION = /^[0-9*#wW]{1,32}$/;

function destinationOf({ number, sipUri, extension }: ControlArguments['transfer']): string {
  if ((number === undefined) === (sipUri === undefined)) {
    throw invalidArgument('number', 'expected exactly one of number and sipUri');
  }
  if (sipUri !== undefined) {
    if (!SIP_ADDRESS.test(sipUri)) throw invalidArgument('sipUri', 'expected sip:user@host');
    if (extension !== undefined) throw invalidArgument('extension', 'expected a number instead of a sipUri');
    return sipUri;
  }
  if (!PHONE_NUMBER.test(number!)) {
    throw invalidArgument('number', 'expected digits with or without a leading +');
  }
  return number!;
}

/** @throws {FaultError} INPUT_INVALID, with the name of the argument. */
export function transferOrder(
  args: ControlArguments['transfer'],
  defaultCallerId: string | undefined,
): DialOrder {
  const to = destinationOf(args);
  const { extension, callerId = defaultCallerId, content } = args;
  if (extension !== undefined && !EXTENSION.test(extension)) {
    throw invalidArgument('extension', 'expected 1 to 32 of 0-9 * #, with w for half a second and W for one');
  }
  if (callerId !== undefined && !PHONE_NUMBER.test(callerId)) {
    throw invalidArgument(
      'callerId',
      "expected one of the account's numbers: digits with or without a leading +",
    );
  }
  const attributes = Object.entries(checkOptions(args.providerOptions, DIAL_ATTRIBUTES)).map(
    ([name, value]) => [name, String(value)],
  );
  return {
    to,
    attributes: Object.fromEntries(attributes) as Record<string, string>,
    ...definedFields({
      callerId,
      sendDigits: extension,
      content: content === undefined ? undefined : checkSpokenText(content),
    }),
  };
}

/** What a transfer becomes: whom to dial, as whom, and what to say before. Pure. */
import { invalidArgument, type ControlArguments } from '@sidetone/core';
import { definedFields } from '@sidetone/plugin-kit';
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
import { spokenText } from '../rest/spoken-text.ts';

export interface TransferOrder {
  /** A number, or `sip:user@host`. */
  readonly to: string;
  readonly callerId?: string;
  /** Keys that are pressed once the number has answered. */
  readonly sendDigits?: string;
  /** Said to the caller first. */
  readonly content?: string;
  /** Further attributes of the dialling, as they stand in the XML. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** Attributes of `Dial` that may be given. Those that would lead the call away from here are not among them. */
const DIAL_ATTRIBUTES: Checks = {
  timeout: wholeNumber(1, 600),
  timeLimit: wholeNumber(1, 86_400),
  hangupOnStar: yesOrNo,
  dialMusic: orWord('real', address),
  callerName: text('1 to 50 characters', /^.{1,50}$/su),
  confirmSound: address,
  confirmKey: text('one key', /^[0-9*#]$/),
  confirmTimeout: wholeNumber(1, 600),
  digitsMatch: text('keys, with commas between patterns', /^[0-9*#,]+$/),
  digitsMatchBLeg: text('keys, with commas between patterns', /^[0-9*#,]+$/),
  sipHeaders: text('name=value pairs with commas between', /^[\w-]+=[^,\s]*(,[\w-]+=[^,\s]*)*$/),
};

const EXTENSION = /^[0-9*#wW]{1,32}$/;

function destinationOf({ number, sipUri, extension }: ControlArguments['transfer']): string {
  if ((number === undefined) === (sipUri === undefined)) {
    throw invalidArgument('number', 'expected exactly one of number and sipUri');
  }
  if (sipUri !== undefined) {
    if (!SIP_ADDRESS.test(sipUri)) throw invalidArgument('sipUri', 'expected sip:user@host');
    if (extension !== undefined) throw invalidArgument('extension', 'only a number has one');
    return sipUri;
  }
  if (!PHONE_NUMBER.test(number!))
    throw invalidArgument('number', 'expected digits with or without a leading +');
  return number!;
}

/** @throws {FaultError} INPUT_INVALID, with the name of the argument. */
export function transferOrder(
  args: ControlArguments['transfer'],
  defaultCallerId: string | undefined,
): TransferOrder {
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
  const attributes = Object.entries(checkedOptions(args.providerOptions, DIAL_ATTRIBUTES)).map(
    ([name, value]) => [name, String(value)],
  );
  return {
    to,
    attributes: Object.fromEntries(attributes) as Record<string, string>,
    ...definedFields({
      callerId,
      sendDigits: extension,
      content: content === undefined ? undefined : spokenText(content),
    }),
  };
}

/** The check of numbers that Vapi makes too, unless `numberE164CheckEnabled` disables it: a call with an invalid one fails late. */
import { invalidArgument } from '@sidetone/core';

const E164 = /^\+[1-9]\d{6,14}$/;

/** @throws {FaultError} INPUT_INVALID. */
export function checkE164(argument: string, number: string): void {
  if (E164.test(number)) return;
  const problem = 'expected a telephone number with + and its country code, such as +14155550100';
  throw invalidArgument(argument, `${problem}; national numbers need the option country of the daemon`);
}

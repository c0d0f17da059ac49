/** Completes the national numbers in the options with the country of the provider. Pure. */
import { dialledNumber, supportedCountry, type Country } from '@sidetone/plugin-kit';
import type { AnswerOptions, FallbackOptions, VobizOptions } from '../config.ts';

/** Short codes, and SIP addresses, are unchanged. */
const complete = (address: string, country: Country): string =>
  address.includes('@') ? address : (dialledNumber(address, country)?.number ?? address);

/** Returns the options with each telephone number in E.164 if it is certain. */
export function withCountry(options: VobizOptions, name: string | undefined): VobizOptions {
  const country = supportedCountry(name);
  if (country === undefined) return options;
  const { answer, from } = options;
  return {
    ...options,
    ...(answer && { answer: completeAnswer(answer, country) }),
    ...(from !== undefined && { from: complete(from, country) }),
  };
}

function completeAnswer(answer: AnswerOptions, country: Country): AnswerOptions {
  const callerId = answer.callerId === undefined ? {} : { callerId: complete(answer.callerId, country) };
  return answer.mode === 'tap'
    ? { ...answer, ...callerId, dial: complete(answer.dial, country) }
    : { ...answer, ...callerId, fallback: completeFallback(answer.fallback, country) };
}

const completeFallback = (fallback: FallbackOptions, country: Country): FallbackOptions =>
  fallback?.dial === undefined ? fallback : { ...fallback, dial: complete(fallback.dial, country) };

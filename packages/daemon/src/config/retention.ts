/** `retention`: how long what is kept, for all providers and for each. */
import type { z } from 'zod';
import { mapping, wholeNumber } from './values.ts';

/** 0: kept until it is erased. */
const days = wholeNumber(0, 36_500);
const bytes = wholeNumber(0, Number.MAX_SAFE_INTEGER).default(0);

/** Every key of `ages` is also one of a provider, which then takes precedence. */
const ages = {
  callDays: days.default(0),
  transcriptDays: days.default(0),
  recordingDays: days.default(0),
  eventDays: days.default(0),
  noteDays: days.default(0),
} as const;

export const retention = mapping({
  ...ages,
  /** The total size of the recordings; 0: no limit. */
  recordingBytes: bytes,
  /** The free space of the disk of the recordings; 0: not checked. */
  freeDiskBytes: bytes,
});

export const providerRetention = mapping({
  callDays: days.optional(),
  transcriptDays: days.optional(),
  recordingDays: days.optional(),
  eventDays: days.optional(),
  noteDays: days.optional(),
}) satisfies z.ZodType<{ [Key in keyof typeof ages]?: number | undefined }>;

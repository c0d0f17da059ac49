/** `redaction`: what is replaced in texts before they are stored, for all providers and for each. */
import { z } from 'zod';
import { mapping, yesOrNo } from './values.ts';

export const MAX_PATTERNS = 50;
export const MAX_PATTERN_CHARACTERS = 500;

const nameError = 'a name of a-z, 0-9, space and -, starting with a letter, at most 32 characters';
const patternError = `a regular expression of 1 to ${MAX_PATTERN_CHARACTERS} characters`;
const listError = `a list of at most ${MAX_PATTERNS} patterns`;

const patterns = z
  .array(
    mapping({
      /** Shown in brackets instead of what is found. */
      name: z.string({ error: nameError }).regex(/^[a-z][a-z0-9 -]{0,31}$/, { error: nameError }),
      /** Compiled when the daemon starts. */
      pattern: z
        .string({ error: patternError })
        .min(1, { error: patternError })
        .max(MAX_PATTERN_CHARACTERS, { error: patternError }),
    }),
    { error: listError },
  )
  .max(MAX_PATTERNS, { error: listError })
  .default([]);

export const redaction = mapping({
  card: yesOrNo.default(false),
  aadhaar: yesOrNo.default(false),
  pan: yesOrNo.default(false),
  email: yesOrNo.default(false),
  phone: yesOrNo.default(false),
  patterns,
});

/** What a provider has of its own. Its patterns are added to those of all. */
export const providerRedaction = mapping({
  card: yesOrNo.optional(),
  aadhaar: yesOrNo.optional(),
  pan: yesOrNo.optional(),
  email: yesOrNo.optional(),
  phone: yesOrNo.optional(),
  patterns,
});

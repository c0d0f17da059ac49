/** Words that Vobiz's voice is to say. Pure. */
import { invalidArgument } from '@sidetone/core';

/** The longest text that Vobiz speaks at once. */
export const MAX_SPEAK_CHARACTERS = 500;

/** @throws {FaultError} INPUT_INVALID when there is nothing to say, or too much at once. */
export function spokenText(content: string): string {
  if (content.trim() === '') throw invalidArgument('content', 'expected something to say, found nothing');
  if (content.length > MAX_SPEAK_CHARACTERS) {
    throw invalidArgument(
      'content',
      `expected at most ${MAX_SPEAK_CHARACTERS} characters for Vobiz, found ${content.length}`,
    );
  }
  return content;
}

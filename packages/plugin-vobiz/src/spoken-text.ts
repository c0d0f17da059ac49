/** Words that Vobiz's voice is to say. Pure. */
import { invalid } from './checked-options.ts';

/** The longest text that Vobiz speaks at once. */
export const MAX_SPEAK_CHARACTERS = 500;

/** @throws {FaultError} INPUT_INVALID when there is nothing to say, or too much at once. */
export function spokenText(content: string): string {
  if (content.trim() === '') throw invalid('content', 'expected something to say, found nothing');
  if (content.length > MAX_SPEAK_CHARACTERS) {
    throw invalid(
      'content',
      `expected at most ${MAX_SPEAK_CHARACTERS} characters for Vobiz, found ${content.length}`,
    );
  }
  return content;
}

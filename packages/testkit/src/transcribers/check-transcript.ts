/** Compares the transcript of a call with its script. */
import { PARTIES } from '@sidetone/core';
import { check } from '../checks/verdict.ts';
import { expectedTranscript, type Script, type SpokenCall } from '../speech/spoken-call.ts';
import { textOfWord } from '../speech/words.ts';

/** @throws {AuditFailure} unless the transcript contains exactly the words of the script, in order. */
export function checkTranscript(call: SpokenCall, script: Script): void {
  const [transcript, expected] = [call.transcript(), expectedTranscript(script, textOfWord)];
  for (const party of PARTIES) {
    const [words, scripted] = [transcript[party] ?? [], expected[party] ?? []];
    const missing = scripted.filter((word) => !words.includes(word)).length;
    check(missing === 0, `${missing} word(s) of ${party} are missing`);
    check(
      words.length === scripted.length,
      `${party} has ${words.length - scripted.length} word(s) too many`,
    );
    check(
      words.every((word, index) => word === scripted[index]),
      `the words of ${party} are out of order`,
    );
  }
}

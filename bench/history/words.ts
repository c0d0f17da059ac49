/**
 * Words with the frequencies of a language: the word of rank n occurs 1/n as often as the first. Texts that the questions of
 * the benchmark search for are planted in fixed numbers of calls.
 */
import { createRandom, type Random } from './random.ts';

const COMMON =
  'the you to a i and it is for that have can please my your yes of on in not thank we me call what are this be will with do no just okay help so at if order there know would today number name need time let see get account right but one sure email about check phone was how or good day when here they day from delivery want payment take us which change again minute anything else sorry card back like after problem send wait old new two morning way week address still month bill talk tell hour service great still question made person appointment support refund last cancel confirm hold house invoice street money date line'.split(
    ' ',
  );
const SYLLABLES =
  'an bor cal den el far gor hin is jor ket lam mor nis ol par quin ros sel tor ul vin war xen yor zal bri cra dre fle'.split(
    ' ',
  );
const VOCABULARY = 50_000;

/** Words that the generator adds to some calls, whatever their number. */
export const PLANTED = {
  /** In an utterance of 20 calls in all. */
  rare: 'zanzibar',
  /** In one utterance of every 400th call. */
  medium: 'kilimanjaro',
} as const;
export const RARE_CALLS = 20;
export const MEDIUM_EVERY = 400;

/** A word of about every fourth utterance, and one of about every 15th. */
export const FREQUENT = { common: 'have', second: 'delivery' } as const;

function createVocabulary(): readonly string[] {
  const random = createRandom(7);
  const words = new Set(COMMON);
  while (words.size < VOCABULARY) {
    const length = 2 + random.integer(3);
    words.add(Array.from({ length }, () => random.pick(SYLLABLES)).join(''));
  }
  return [...words];
}

const vocabulary = createVocabulary();
const LOG_SIZE = Math.log(VOCABULARY);

/** Returns a sentence of 3 to 16 words. */
export function sentence(random: Random): string {
  const length = 3 + random.integer(14);
  let text = '';
  for (let i = 0; i < length; i++)
    text += `${vocabulary[Math.floor(Math.exp(random.next() * LOG_SIZE)) - 1]} `;
  return text.trimEnd();
}

/**
 * Replaces texts word by word, names of persons and addresses. The same word has the same replacement, so what a plugin
 * compares, such as the words of two reports of a sentence, is still equal. Marks and speaker labels stay.
 */

/** Distinct words, persons and addresses with replacements of their own. Later ones share one. */
export const MAX_MASKED_WORDS = 20_000;

const LOREM =
  'lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore et dolore magna aliqua enim ' +
  'minim veniam quis nostrud exercitation ullamco laboris nisi aliquip ex ea commodo consequat duis aute irure in reprehenderit ' +
  'voluptate velit esse cillum eu fugiat nulla pariatur excepteur sint occaecat cupidatat non proident sunt culpa qui officia ' +
  'deserunt mollit anim id est laborum';
const WORDS = LOREM.split(' ');
const TOKEN = /[\p{L}\p{M}]+(?:['’][\p{L}\p{M}]+)*|\p{Nd}+/gu;
/** Labels of speakers in a transcript that is one text. */
const LABEL = String.raw`(?<=^\s*)(?:AI|User|Assistant|Customer|Agent|Bot|Caller|Callee|System|Human|Tool)\s*:`;
const MASKED = String.raw`\bmasked-[a-z]+(?:-\d+)?|\b(?:https?|wss?|sips?|tel):\S+|\buser-\d+@example\.com|\bPerson \d+`;
const NUMBER = String.raw`\+?\(?\d(?:[ ().\-]{0,2}\d){6,14}`;
const KEPT = new RegExp(`(${LABEL}|${MASKED}|${NUMBER})`, 'gmu');
const DIGITS = /^[+\d\s().-]+$/;
/** The quantifiers are bounded, so the time is too. */
const EMAIL = /(?<![\w.%+-])[\w.%+-]{1,64}(?:@|%40)(?:[\p{L}\p{Nd}-]{1,63}\.){1,8}\p{L}{2,24}/gu;
const SIP_USER = /(?<=\bsips?:)[^\s@;:<>"]{1,64}(?=[:@]|%40)/g;

/** `Ana <sip:...>`, `"Ana" <sip:...>`. */
const DISPLAY_NAME = /[^\s"<>][^"<>]{0,63}?(?="?\s{0,2}<(?:sips?|tel|mailto):)/g;

export class WordMasks {
  readonly #words = new Map<string, string>();
  readonly #digits = new Map<string, string>();
  readonly #persons = new Map<string, string>();
  readonly #addresses = new Map<string, string>();

  /** Replaces every word and number of a text, except what was replaced before: secrets, addresses, and numbers that are masked. */
  text(text: string, isMaskedNumber: (digits: string) => boolean): string {
    const words = (part: string): string => part.replaceAll(TOKEN, (token) => this.#token(token));
    return text
      .split(KEPT)
      .map((part, i) => (i % 2 === 1 && (!DIGITS.test(part) || isMaskedNumber(part)) ? part : words(part)))
      .join('');
  }

  /** Returns the replacement of a person's name. */
  person(name: string): string {
    return name.trim() === ''
      ? name
      : numbered(this.#persons, name.trim().toLowerCase(), (i) => `Person ${i}`);
  }

  /** Replaces e-mail addresses, and the users of SIP addresses that are no numbers. */
  addresses(text: string): string {
    if (!/@|%40|</.test(text)) return text;
    const withoutNames = text.replaceAll(DISPLAY_NAME, (name) => this.person(name));
    const withoutUsers = withoutNames.replaceAll(SIP_USER, (user) =>
      /^(?:\+|%2[bB])?\d+$/.test(user) || /^masked-|^user-\d/.test(user)
        ? user
        : numbered(this.#addresses, user.toLowerCase(), (i) => `user-${i}`),
    );
    return withoutUsers.replaceAll(EMAIL, (address, at: number, whole: string) => {
      const isSip = /\bsips?:$/.test(whole.slice(0, at));
      return isSip
        ? address
        : numbered(this.#addresses, address.toLowerCase(), (i) => `user-${i}@example.com`);
    });
  }

  #token(token: string): string {
    if (/^\p{Nd}/u.test(token)) {
      const digits = numbered(this.#digits, token, (i) => String(i));
      return digits.slice(-token.length).padStart(token.length, '1');
    }
    const word = numbered(this.#words, token.toLowerCase(), pseudoWord);
    if (/^\p{Lu}/u.test(token)) return word[0]!.toUpperCase() + word.slice(1);
    return word;
  }
}

function numbered(known: Map<string, string>, key: string, create: (number: number) => string): string {
  const before = known.get(key);
  if (before !== undefined) return before;
  const replacement = create(Math.min(known.size + 1, MAX_MASKED_WORDS));
  if (known.size < MAX_MASKED_WORDS) known.set(key, replacement);
  return replacement;
}

/** Returns a word for a number: a word of the list, then pairs of them. */
function pseudoWord(number: number): string {
  const index = number - 1;
  const word = WORDS[index % WORDS.length]!;
  return index < WORDS.length ? word : pseudoWord(Math.floor(index / WORDS.length)) + word;
}

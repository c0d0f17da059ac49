/** The words of English numerals. Another language is another table, added to the list in `numerals.ts`. */
import type { NumeralWords } from './numeral-words.ts';

const counted = (words: string, from: number, step = 1): [string, number][] =>
  words.split(' ').map((word, i) => [word, from + i * step]);

export const ENGLISH: NumeralWords = {
  numbers: new Map([
    ...counted('zero one two three four five six seven eight nine ten eleven twelve', 0),
    ...counted('thirteen fourteen fifteen sixteen seventeen eighteen nineteen', 13),
    ...counted('twenty thirty forty fifty sixty seventy eighty ninety', 20, 10),
    ['nought', 0],
    ['fourty', 40],
  ]),
  ordinals: new Map([
    ...counted('first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth', 1),
    ...counted('thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth', 13),
    ...counted('twentieth thirtieth fortieth fiftieth sixtieth seventieth eightieth ninetieth', 20, 10),
  ]),
  scales: new Map([
    ['hundred', 100],
    ['hundredth', 100],
    ['thousand', 1000],
    ['thousandth', 1000],
    ['million', 1e6],
    ['millionth', 1e6],
    ['billion', 1e9],
    ['lakh', 1e5],
    ['crore', 1e7],
    ['lakhs', 1e5],
    ['crores', 1e7],
  ]),
  one: new Set(['a', 'an']),
  and: new Set(['and']),
  point: new Set(['point', 'dot']),
  zero: new Set(['o', 'oh']),
  repeats: new Map([
    ['double', 2],
    ['triple', 3],
  ]),
  units: new Set([
    ...'dollar dollars cent cents buck bucks pound pounds pence euro euros rupee rupees paise'.split(' '),
    ...'clock st nd rd th'.split(' '),
  ]),
  dayHalves: new Map([
    ['a', 'am'],
    ['p', 'pm'],
  ]),
  symbols: [
    [/%/g, ' percent '],
    [/\bper cent\b/g, 'percent'],
    [/&/g, ' and '],
    [/\bo['’]? ?clock\b/g, 'clock'],
  ],
};

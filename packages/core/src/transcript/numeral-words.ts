/** The words of one language from which numbers are read. All words are in lower case. */
export interface NumeralWords {
  /** 0 to 19, and the tens. */
  readonly numbers: ReadonlyMap<string, number>;
  readonly ordinals: ReadonlyMap<string, number>;
  readonly scales: ReadonlyMap<string, number>;
  /** Words for one before a scale: "a hundred". */
  readonly one: ReadonlySet<string>;
  /** Words between the parts of a number. */
  readonly and: ReadonlySet<string>;
  /** Words for the decimal separator. */
  readonly point: ReadonlySet<string>;
  /** Other words for zero, recognised after a number only: "three oh five". */
  readonly zero: ReadonlySet<string>;
  /** Words that repeat the next digit: "double five". */
  readonly repeats: ReadonlyMap<string, number>;
  /** Units, and endings of ordinals, that are omitted after a number. */
  readonly units: ReadonlySet<string>;
  /** The first letters of "a m" and "p m", and how they are written together. */
  readonly dayHalves: ReadonlyMap<string, string>;
  /** Replaced before a text is split into words. */
  readonly symbols: readonly (readonly [RegExp, string])[];
}

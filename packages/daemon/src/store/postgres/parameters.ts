/** The parameters of a statement. */
export class Parameters {
  readonly values: unknown[] = [];

  /** Adds a value and returns its name. */
  readonly add: Add = (value) => {
    this.values.push(value);
    return `$${this.values.length}`;
  };
}

/** Adds a value to the parameters and returns its name. */
export type Add = (value: unknown) => string;

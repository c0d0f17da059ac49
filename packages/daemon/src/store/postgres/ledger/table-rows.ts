/** The rows of one table that a commit inserts or changes. A change of a row that the commit inserts changes that row. */
export class TableRows<Row extends object = object> {
  readonly inserted: Row[] = [];
  readonly #changed = new Map<string, object>();
  readonly #byKey = new Map<string, Row>();

  /** Changes of rows that are stored already. */
  get changed(): readonly object[] {
    return [...this.#changed.values()];
  }

  /** Inserts a row. A second one with its key is inserted too, and rejected by the database. */
  insert<Inserted extends Row>(key: string, row: Inserted): void {
    this.inserted.push(row);
    this.#byKey.set(key, row);
  }

  /** Inserts a row, or replaces the one with its key, except for some properties. */
  put(key: string, row: Row, kept: readonly string[]): void {
    this.#changed.delete(key);
    const existing = this.#byKey.get(key);
    if (!existing) return this.insert(key, row);
    const replaced = Object.entries(row).filter(([property]) => !kept.includes(property));
    Object.assign(existing, Object.fromEntries(replaced));
  }

  /** Changes properties of a row. `values` has the key and always the same properties. */
  change(key: string, values: object): void {
    const row = this.#byKey.get(key);
    if (row) Object.assign(row, values);
    else this.#changed.set(key, values);
  }
}

/** Reads the text format of Prometheus. */

export interface ScrapedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface ScrapedMetrics {
  readonly definitions: ReadonlyMap<string, { readonly type: string; readonly help: string }>;
  readonly samples: readonly ScrapedSample[];
  /** Returns the value of the sample with these labels. */
  value(name: string, labels?: Readonly<Record<string, string>>): number | undefined;
}

const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;

/** @throws {Error} if a line is invalid. */
export function parseMetrics(text: string): ScrapedMetrics {
  const definitions = new Map<string, { type: string; help: string }>();
  const samples: ScrapedSample[] = [];
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const [, keyword, metric, rest] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (keyword !== undefined) {
      const definition = definitions.get(metric!) ?? { type: '', help: '' };
      definitions.set(metric!, { ...definition, [keyword.toLowerCase()]: rest! });
      continue;
    }
    const [, name, labels = '', value] = SAMPLE.exec(line) ?? [];
    if (name === undefined) throw new Error(`not a line of the format: ${line}`);
    const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, text]) => [key!, text!]);
    samples.push({ name, labels: Object.fromEntries(pairs) as Record<string, string>, value: Number(value) });
  }
  return {
    definitions,
    samples,
    value: (name, labels = {}) =>
      samples.find(
        (sample) =>
          sample.name === name &&
          Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
      )?.value,
  };
}

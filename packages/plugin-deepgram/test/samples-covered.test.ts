/** Checks that a test uses every sample: by its name, or by iterating over all samples of its channel. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SAMPLES, samplesOf } from './samples.ts';

const FOLDER = new URL('.', import.meta.url);
const read = (file: string): string => readFileSync(new URL(file, FOLDER), 'utf8');
const TESTS = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.test.ts') && file !== 'samples-covered.test.ts',
);

/** Channels whose samples are all tested: the file, and the line that iterates over them. */
const WHOLE_CHANNELS: Readonly<Record<string, readonly [file: string, line: string]>> = {
  upgrade: ['connection/connection-errors.test.ts', "it.each(samplesOf('upgrade')"],
  out: ['wire.test.ts', "it.each(samplesOf('out')"],
};

describe('samples', () => {
  it.each(Object.entries(WHOLE_CHANNELS))('of %s are all tested', (channel, [file, line]) => {
    expect(samplesOf(channel).length).toBeGreaterThan(5);
    expect(read(file)).toContain(line);
  });

  it('of another channel, or of a sequence, are tested by name', () => {
    const texts = TESTS.map(read).join('\n');
    const named = SAMPLES.filter(
      ({ channel, name }) => !Object.hasOwn(WHOLE_CHANNELS, channel) || name.startsWith('seq'),
    );
    expect(named.length).toBeGreaterThan(50);
    const isUsed = (name: string): boolean => {
      const prefix = /^seq\d+/.exec(name)?.[0];
      return texts.includes(prefix === undefined ? name : `'${prefix}'`);
    };
    expect(named.filter(({ name }) => !isUsed(name)).map(({ name }) => name)).toEqual([]);
  });
});

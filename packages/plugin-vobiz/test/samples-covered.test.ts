/** Every sample is used by a test: by its name, or by a test that goes through all samples of its channel. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SAMPLES } from './samples.ts';

const FOLDER = new URL('.', import.meta.url);
const read = (file: string): string => readFileSync(new URL(file, FOLDER), 'utf8');
const TESTS = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.test.ts') && file !== 'samples-covered.test.ts',
);

/** Tests that cover every sample of a channel: the file, and a line in it. */
const WHOLE_CHANNELS: Readonly<Record<string, readonly [file: string, line: string]>> = {
  'stream-in': ['stream/stream-samples.test.ts', 'it.each(Object.entries(REPLAYS))'],
  'stream-out': ['relay/relay-forwarding.test.ts', 'it.each(fromAgents'],
  'webhook-form': ['webhook/webhooks.test.ts', "it.each(samplesOf('webhook-form')"],
  'rest-response': ['rest/rest-samples.test.ts', "it.each(samplesOf('rest-response')"],
};

describe('the samples', () => {
  it.each(Object.entries(WHOLE_CHANNELS))('of %s are all used', (channel, [file, line]) => {
    expect(SAMPLES.some((sample) => sample.channel === channel)).toBe(true);
    expect(read(file)).toContain(line);
    expect(read(file)).toContain(`samplesOf('${channel}')`);
  });

  it('of other channels are used by name', () => {
    const texts = TESTS.map(read);
    const others = SAMPLES.filter(({ channel }) => !Object.hasOwn(WHOLE_CHANNELS, channel));
    expect(others.length).toBeGreaterThan(3);
    const unused = others.filter(({ name }) => !texts.some((text) => new RegExp(`\\b${name}\\b`).test(text)));
    expect(unused.map(({ name }) => name)).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { withFlatFields } from '../../src/stream/flat-start.ts';
import { frame, samplesOf, textOf } from '../samples.ts';
import { deliver, START, startRelay } from '../relay/relay-harness.ts';

const PARTIES = { from: '+919000000002', to: '+918000000001', direction: 'inbound' };

/** Reads a start like a handler of the older documentation: every field at the top level is required. */
function readFlat(text: string): Record<string, string> {
  const message = JSON.parse(text) as Record<string, string>;
  const { event, streamId, callId, from, to } = message;
  for (const value of [event, streamId, callId, from, to]) {
    if (typeof value !== 'string') throw new Error(`missing field in ${text}`);
  }
  return message;
}

describe('a nested start with flat fields', () => {
  it('has the fields of both forms', () => {
    const text = withFlatFields(START, PARTIES);
    const before = JSON.parse(START) as { start: Record<string, unknown> };
    expect(JSON.parse(text)).toEqual({
      ...before,
      streamId: before.start['streamId'],
      callId: before.start['callId'],
      accountId: before.start['accountId'],
      ...PARTIES,
      contentType: 'audio/x-mulaw;rate=8000',
      audioTrack: 'inbound',
    });
    expect(() => readFlat(text)).not.toThrow();
    expect(() => readFlat(START)).toThrow('missing field');
  });

  it('keeps fields that exist at the top level', () => {
    const hybrid = JSON.stringify({
      event: 'start',
      streamId: 'top',
      from: 'x',
      start: { streamId: 'nested' },
    });
    expect(JSON.parse(withFlatFields(hybrid, PARTIES))).toMatchObject({
      streamId: 'top',
      from: 'x',
      to: PARTIES.to,
    });
  });

  it.each([
    ['a flat start', frame('start_flat_older_mulaw')],
    ['text that is not JSON', 'start'],
    ['a list', '[{"start":{}}]'],
    ['a start that is a text', '{"event":"start","start":"now"}'],
  ])('leaves %s unchanged', (_what, text) => {
    expect(withFlatFields(text, PARTIES)).toBe(text);
  });

  it('is valid for every sample of a start', () => {
    for (const { body } of samplesOf('stream-in')) {
      const text = textOf(body);
      expect(() => withFlatFields(text, {})).not.toThrow();
    }
  });
});

describe('an agent with flatStart', () => {
  it('receives flat fields, also after a reconnect and for a further stream of the socket', async () => {
    const { host, vobiz, agent } = await startRelay({ flatStart: true });
    const expected = withFlatFields(START, PARTIES);
    expect(agent().received).toEqual([expected]);
    const other = START.replaceAll(/"streamId":\s?"[^"]+"/g, '"streamId":"another"');
    await deliver(host, vobiz, other);
    expect(agent().received[1]).toBe(withFlatFields(other, PARTIES));
    agent().close(1011);
    await host.clock.advance(5000);
    expect(agent().received).toEqual([withFlatFields(other, PARTIES)]);
  });

  it('receives other messages unchanged', async () => {
    const { host, vobiz, agent } = await startRelay({ flatStart: true });
    await deliver(host, vobiz, frame('media_current_mulaw_silence'));
    expect(agent().received[1]).toBe(frame('media_current_mulaw_silence'));
  });

  it('receives the start unchanged without the option', async () => {
    const { agent } = await startRelay();
    expect(agent().received).toEqual([START]);
  });
});

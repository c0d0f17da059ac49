/** Nothing that is redacted reaches the database, the search index, subscribers or the log, whatever way the text takes. */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { providerId } from '@sidetone/core';
import { beforeEach, describe, expect, test } from 'vitest';
import { createRedaction } from '../../src/redaction/redaction.ts';
import { nextOf, startTestDaemon, until, type TestDaemon } from '../support/daemon.ts';
import { event } from '../support/harness.ts';
import { tempDir } from '../support/temp-dir.ts';

const CARD = '4111 1111 1111 1111';
const MARK = '[card number]';
const root = tempDir();
let count = 0;
let dir: string;
let it: TestDaemon;
let callId: string;

async function start(settings: Record<string, unknown>): Promise<void> {
  dir = join(root, String(count++));
  mkdirSync(dir);
  it = await startTestDaemon(dir, settings);
  callId = await it.aCall();
}
beforeEach(() => start({ redaction: { card: true, patterns: [{ name: 'policy', pattern: 'POL-\\d{6}' }] } }));

const onDisk = (text: string): boolean =>
  readdirSync(dir).some((name) => readFileSync(join(dir, name)).includes(text));
const mutate = (field: string, variables: object = {}) =>
  it.query(`mutation ($callId: ID!) { ${field} }`, { callId, ...variables });

describe('a card number', () => {
  test('is in no file and no event, in finals, revisions, reports, notes and commands', async () => {
    const delivered: string[] = [];
    const all = it.subscribe(
      'subscription { callEvents { call { summary providerData } ... on UtteranceFinalized { utterance { text } } ... on CallNotice { message } } }',
    );
    void (async () => {
      for await (const item of all) delivered.push(JSON.stringify(item));
    })();
    await until(() => it.readers() > 0, 'the subscription has started');
    it.emit(
      event('utterance.final', {
        party: 'CUSTOMER',
        text: `it is ${CARD}, POL-123456`,
        dedupeKey: `final:${CARD}`,
      }),
    );
    it.emit(event('dtmf', { digits: '4111111111111111' }));
    it.emit(event('notice', { code: 'X', message: `odd: ${CARD}` }));
    await mutate(`addNote(callId: $callId, text: "${CARD}") { id }`);
    await mutate(`addUtterance(input: { callId: $callId, party: ASSISTANT, text: "so ${CARD}" }) { id }`);
    await mutate(`say(input: { callId: $callId, content: "you said ${CARD}" }) { command { status } }`);
    await mutate(`placeHold(callId: $callId, reason: "${CARD}") { id }`);
    it.emit(
      event('call.report', {
        summary: `paid with ${CARD}`,
        providerData: { structured: { card: CARD, asNumber: 4_111_111_111_111_111 } },
        utterances: [
          { party: 'CUSTOMER', text: `it is ${CARD}, POL-123456` },
          { party: 'CUSTOMER', text: `again ${CARD}` },
        ],
      }),
    );
    it.emit(event('call.ended', { end: { category: 'BUSY', message: CARD } }));
    await it.committed();
    for (const text of [CARD, '4111111111111111', '4111', 'POL-123456'])
      expect([text, onDisk(text)]).toEqual([text, false]);
    expect(it.lines.some((line) => JSON.stringify(line).includes('4111'))).toBe(false);
    const { data } = await it.query(
      'query ($id: ID!) { call(id: $id) { summary providerData transcriptText notes { text } } }',
      { id: callId },
    );
    const { transcriptText, ...call } = data.call;
    expect(call).toEqual({
      summary: `paid with ${MARK}`,
      providerData: { structured: { card: MARK, asNumber: MARK } },
      notes: [{ text: MARK }],
    });
    // The report has the first line too: it is compared after the redaction.
    expect(transcriptText.split('\n').toSorted()).toEqual([
      `Assistant: so ${MARK}`,
      `Customer: again ${MARK}`,
      `Customer: it is ${MARK}, [policy]`,
    ]);
    // What is done is not redacted.
    expect(JSON.stringify(it.script.asked)).toContain(`you said ${CARD}`);
    await until(() => delivered.some((text) => text.includes('again')), 'all is delivered');
    expect(delivered.join()).not.toMatch(/4111|POL-123/);
  });

  test('is not in partials either, also of clients, and not while it is incomplete', async () => {
    const updates = it.subscribe(`subscription { transcript(callId: "${callId}") { utterance { text } } }`);
    const next = async () => (await nextOf(updates)).data?.transcript.utterance.text as string;
    const first = next();
    await until(() => it.readers() > 0, 'the subscription has started');
    it.emit(event('utterance.partial', { party: 'CUSTOMER', text: '4111 1111 11' }));
    expect(await first).toBe('[number]');
    const second = next();
    await mutate(
      `addUtterance(input: { callId: $callId, party: ASSISTANT, text: "${CARD}", isFinal: false }) { id }`,
    );
    expect(await second).toBe(MARK);
  });

  test('does not hide that an event was delivered before', async () => {
    const final = event('utterance.final', { party: 'CUSTOMER', text: CARD, dedupeKey: `final:${CARD}` });
    it.emit(final);
    it.emit(final);
    await it.committed();
    it.emit(final);
    await it.committed();
    const { data } = await it.query(`{ call(id: "${callId}") { utterances { nodes { text } } } }`);
    expect(data.call.utterances.nodes).toEqual([{ text: MARK }]);
  });
});

describe('a provider', () => {
  const NO_COUNTRIES = { byProvider: {} };
  const text = async (settings: Parameters<typeof createRedaction>[0]['redaction'], own: object) => {
    const redaction = await createRedaction(
      { redaction: settings, providers: { one: { redaction: own } } },
      NO_COUNTRIES,
    );
    const given = event('utterance.final', { party: 'CUSTOMER', text: `${CARD} POL-1` });
    const redacted = redaction?.with(() => Buffer.from('key')).event(providerId('one'), given);
    return redacted?.type === 'utterance.final' ? redacted.text : undefined;
  };

  test('has the settings of all, unless it has its own', async () => {
    const patterns = [{ name: 'policy', pattern: 'POL-\\d' }];
    expect(await text({ card: true }, {})).toBe(`${MARK} POL-1`);
    expect(await text({ card: true }, { patterns })).toBe(`${MARK} [policy]`);
    expect(await text({ card: true, patterns }, { card: false })).toBe(`${CARD} [policy]`);
    expect(await text({}, { card: true })).toBe(`${MARK} POL-1`);
  });

  test('without redaction has no redactor', async () => {
    expect(await text({}, {})).toBeUndefined();
    expect(await text({ card: true }, { card: false })).toBeUndefined();
  });
});

/** Calls with Vapi's default server messages, which contain no transcript. */
import { describe, expect, it } from 'vitest';
import { start } from '../harness.ts';
import { play } from '../play.ts';
import { CALL, CONTROL_URL, LISTEN_URL } from '../samples.ts';

const BEGIN = Date.UTC(2026, 0, 5, 8);
const call = {
  id: CALL,
  type: 'webCall',
  createdAt: new Date(BEGIN).toISOString(),
  monitor: { listenUrl: LISTEN_URL, controlUrl: CONTROL_URL },
};
const at = (offsetMs: number, type: string, fields: object = {}) => ({
  message: { type, timestamp: BEGIN + offsetMs, call, ...fields },
});

interface Item {
  readonly role: string;
  readonly message: string;
  readonly time?: number;
  readonly endTime?: number;
}

const said = (role: string, message: string, from: number, to: number): Item => ({
  role,
  message,
  time: BEGIN + from,
  endTime: BEGIN + to,
});
const ITEMS: readonly Item[] = [
  said('bot', 'Hi there, this is assistant 1.', 1000, 2500),
  said('user', 'Yes.', 3000, 3400),
  said('bot', 'Hi there, this is assistant 2.', 4000, 6000),
  said('user', 'Yes.', 6500, 6900),
];
const SYSTEM = { role: 'system', message: 'You are Nova.', time: BEGIN };

const answered = at(0, 'status-update', { status: 'in-progress' });
const ended = at(8000, 'status-update', { status: 'ended', endedReason: 'customer-ended-call' });
const history = (items: readonly Item[], offsetMs = 7000) =>
  at(offsetMs, 'conversation-update', { messages: [SYSTEM, ...items] });
/** The conversation-update after each item. */
const HISTORIES = ITEMS.map((item, i) => history(ITEMS.slice(0, i + 1), item.endTime! - BEGIN + 100));
const withoutTimes = (items: readonly Item[]) =>
  at(7000, 'conversation-update', {
    conversation: items.map(({ role, message }) => ({
      role: role === 'bot' ? 'assistant' : role,
      content: message,
    })),
  });
const stopped = (offsetMs: number) => at(offsetMs, 'speech-update', { role: 'user', status: 'stopped' });
const started = (offsetMs: number) => at(offsetMs, 'speech-update', { role: 'user', status: 'started' });

const TEXTS = ITEMS.map(({ message }) => message);
const textsOf = async (...bodies: object[]) =>
  (await play([answered, ...bodies])).transcript.map(({ text }) => text);
const noticesOf = async (...bodies: object[]) =>
  (await play([answered, ...bodies])).facts.flatMap((fact) => (fact.type === 'CALL_NOTICE' ? [fact] : []));

describe('the live transcript without transcript messages', () => {
  it('consists of the items of conversation-updates, with their positions', async () => {
    const { transcript } = await play([answered, ...HISTORIES, ended]);
    expect(transcript.map(({ party, text, startMs, endMs }) => [party, text, startMs, endMs])).toEqual([
      ['ASSISTANT', TEXTS[0], 1000, 2500],
      ['CUSTOMER', 'Yes.', 3000, 3400],
      ['ASSISTANT', TEXTS[2], 4000, 6000],
      ['CUSTOMER', 'Yes.', 6500, 6900],
    ]);
  });

  it('contains the last item as a partial until it is complete', async () => {
    const { host, post } = await start();
    await post(answered);
    for (const body of HISTORIES) await post(body);
    expect(host.eventsOf('utterance.partial').map(({ text }) => text)).toEqual(TEXTS);
    expect(host.eventsOf('utterance.final').map(({ text }) => text)).toEqual(TEXTS.slice(0, 3));
  });

  it('can come from a single conversation-update', async () => {
    expect(await textsOf(history(ITEMS))).toEqual(TEXTS.slice(0, 3));
  });

  it('waits for an item that a later one interrupts', async () => {
    const cut = said('bot', 'As I was', 4000, 6000);
    const whole = said('bot', 'As I was saying.', 4000, 6000);
    const interruption = said('user', 'Wait!', 5000, 5400);
    const last = said('user', 'Stop.', 6100, 6400);
    expect(await textsOf(history([cut, interruption]), history([whole, interruption, last]))).toEqual([
      'As I was saying.',
      'Wait!',
    ]);
  });

  it('contains each item once, whatever is redelivered', async () => {
    expect(await textsOf(...HISTORIES, ...HISTORIES, HISTORIES[1]!, ended, HISTORIES[3]!)).toEqual(TEXTS);
  });

  it('continues after a handoff that restarts the history', async () => {
    expect(await textsOf(HISTORIES[1]!, history(ITEMS.slice(1, 3)), history(ITEMS.slice(1)), ended)).toEqual(
      TEXTS,
    );
  });

  it.each([
    ['grows', [withoutTimes(ITEMS.slice(0, 2)), withoutTimes(ITEMS)]],
    ['is sent once', [withoutTimes(ITEMS)]],
    ['starts again with the last lines', [withoutTimes(ITEMS.slice(0, 3)), withoutTimes(ITEMS.slice(2))]],
  ])('is read from a history without times that %s', async (_how, bodies) => {
    expect(await textsOf(...bodies, ended)).toEqual(TEXTS);
  });

  it('is not repeated by the next instance', async () => {
    const first = await start();
    for (const body of [answered, ...HISTORIES.slice(0, 3)]) await first.post(body);
    const { clock, state } = first.host;
    await first.provider.stop(new AbortController().signal);
    const second = await start({}, { clock, state });
    await second.post(HISTORIES[3]);
    const [before, after] = [first, second].map(({ host }) => host.eventsOf('utterance.final'));
    const repeated = after!.filter(({ dedupeKey }) => before!.some((event) => event.dedupeKey === dedupeKey));
    expect(before!.map(({ text }) => text)).toEqual(TEXTS.slice(0, 2));
    expect(repeated.map(({ text }) => text)).toEqual(TEXTS.slice(0, 2));
    // A line that the first instance received as a transcript is compared with the stored transcript.
    expect(after).toMatchObject([{ mayBeKnown: true }, { mayBeKnown: true }, { mayBeKnown: true }]);
    expect(after![2]).toMatchObject({ startMs: 4000, endMs: 6000 });
  });

  it('is completed by the report without duplicates', async () => {
    const report = at(9000, 'end-of-call-report', {
      endedReason: 'customer-ended-call',
      startedAt: new Date(BEGIN).toISOString(),
      artifact: { messages: [SYSTEM, ...ITEMS] },
    });
    expect(await textsOf(...HISTORIES, ended, report)).toEqual(TEXTS);
    expect(await textsOf(...HISTORIES, report)).toEqual(TEXTS);
  });
});

describe('a transcript message', () => {
  const final = (offsetMs: number, text: string) =>
    at(offsetMs, 'transcript', { role: 'user', transcriptType: 'final', transcript: text });

  it('ends the transcript from conversation-updates', async () => {
    const partial = at(500, 'transcript', { role: 'user', transcriptType: 'partial', transcript: 'Y' });
    expect(await textsOf(partial, ...HISTORIES, ended)).toEqual([]);
    expect(await textsOf(partial, final(3400, 'Yes.'), ...HISTORIES)).toEqual(['Yes.']);
  });

  it('that is late does not repeat an item', async () => {
    expect(await textsOf(HISTORIES[2]!, final(3400, 'yes'))).toEqual(TEXTS.slice(0, 2));
  });

  it('that was sent later is added although the text is the same', async () => {
    expect(await textsOf(HISTORIES[2]!, final(6900, 'Yes.'))).toEqual([...TEXTS.slice(0, 2), 'Yes.']);
  });
});

describe('a call without any live text', () => {
  const speeches = [started(900), stopped(1000), started(1900), stopped(2000), started(2900), stopped(3000)];
  const report = at(9000, 'end-of-call-report', { artifact: { messages: ITEMS } });

  it.each([
    ['after some speeches', speeches],
    ['when the report has one', [ended, report]],
  ])('has a notice that names serverMessages %s', async (_when, bodies) => {
    const notices = await noticesOf(...bodies);
    expect(notices).toMatchObject([{ code: 'VAPI_TRANSCRIPT_NOT_SENT' }]);
    expect(notices[0]!.message).toContain('serverMessages');
  });

  it('has one notice', async () => {
    expect(await noticesOf(...speeches, ...speeches, ended, report)).toHaveLength(1);
  });

  it.each([
    ['nobody spoke', [ended, at(9000, 'end-of-call-report', { artifact: { messages: [] } })]],
    ['a history arrives', [history(ITEMS.slice(0, 1)), ...speeches, ended, report]],
    [
      'a transcript arrives',
      [
        at(500, 'transcript', { role: 'user', transcriptType: 'partial', transcript: 'Y' }),
        ...speeches,
        ended,
        report,
      ],
    ],
  ])('has no notice if %s', async (_what, bodies) => {
    expect(await noticesOf(...bodies)).toEqual([]);
  });

  it('has no notice if the report is all that is known of it', async () => {
    const { facts } = await play([report]);
    expect(facts.filter(({ type }) => type === 'CALL_NOTICE')).toEqual([]);
  });
});

/** Follows the guide to privacy: a month of calls is retained and erased, and the bytes of what was removed are in no file. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { blocksOf, follow } from '../test/support/commands.ts';
import { query, startDaemon, until, writeConfig, type Json } from './support/daemon.ts';
import { simulator, type SimulatorRun } from './support/process.ts';
import { folderWithPrograms, shell, type ShellOptions } from './support/shell.ts';
import { createWallClock, hasWallClock, WALL_CLOCK_SKIP_REASON } from './support/wall-clock.ts';

const GUIDE = 'docs/guide/privacy.md';
const DAY_MS = 24 * 60 * 60_000;
/** The ages of the guide, shortened: calls of a month have all ages then. */
const DAYS = { callDays: 30, transcriptDays: 7, recordingDays: 1, eventDays: 14, noteDays: 21 };
/** The calls of the provider, which are spread evenly. */
const HISTORY = { count: 30, days: 40 };
/** How much time passes until retention is applied. */
const PASSED_MS = 2 * DAY_MS;

const [settings] = blocksOf(GUIDE).filter(({ text }) => text.startsWith('retention:'));
const [status] = blocksOf(GUIDE).filter(({ text }) => /^\{\s*retention/.test(text));
const CALL = `id from to endedAt hold { reason } transcriptText notes { text } recording { state }
  events { nodes { __typename } }`;
/** Events that are kept as long as the transcript, the notes and the hold that they are about. */
const KEPT_EVENTS = ['UtteranceFinalized', 'CallAnnotated', 'CallHoldChanged'];

interface Kept {
  readonly transcript: boolean;
  readonly note: boolean;
  readonly events: boolean;
}

/** Returns what is left of a call that ended so many days ago; null if nothing is. */
function keptAfter(days: number, isHeld: boolean): Kept | null {
  const isYounger = (limit: number): boolean => isHeld || days < limit;
  if (!isYounger(DAYS.callDays)) return null;
  return {
    transcript: isYounger(DAYS.transcriptDays),
    note: isYounger(DAYS.noteDays),
    events: isYounger(DAYS.eventDays),
  };
}

const keptOf = (call: Json): Kept | null =>
  call && {
    transcript: call.transcriptText !== '',
    note: call.notes.length > 0,
    events: call.events.nodes.some(({ __typename }: Json) => !KEPT_EVENTS.includes(__typename)),
  };

/** The words that the test adds to each call, to look for them in the files. */
const wordsOf = (index: number) => ({
  transcript: `transcriptword${String(index).padStart(3, '0')}`,
  note: `noteword${String(index).padStart(3, '0')}`,
});

/** Returns which of some texts are in any file below a folder, as they are or reversed, as the index of last digits has them. */
function foundIn(folder: string, texts: readonly string[]): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
  const forms = (text: string): string[] => {
    const plain = text.replace(/^\+/, '');
    return [plain, plain.split('').toReversed().join('')];
  };
  return texts.filter((text) => forms(text).some((form) => files.some((bytes) => bytes.includes(form))));
}

/** Plays a recorded call until its customer hangs up, and returns its id. */
async function playCall(cloud: SimulatorRun, url: string): Promise<string> {
  const providerCallId = await cloud.startCall('vobiz', 'hello');
  const known = `callByProviderId(providerId: "vobiz", providerCallId: "${providerCallId}")`;
  const stateOf = async (): Promise<Json> =>
    (await query(url, `{ ${known} { id recording { state durationMs } } }`)).callByProviderId;
  await until(async () => (await stateOf())?.recording?.durationMs > 500, 'a recording');
  await cloud.send('POST', `calls/${providerCallId}/hangup`, {});
  await until(async () => (await stateOf()).recording.state === 'COMPLETE', 'the end of the recording');
  return (await stateOf()).id as string;
}

/** Starts a daemon with the settings of the guide, whose clock the test sets, and all of its data in a folder. */
async function startWithRetention(folder: string, cloud: SimulatorRun) {
  const data = join(folder, 'data');
  const clock = createWallClock(folder, { isMonotonic: true });
  const { retention } = parse(settings!.text) as { retention: Record<string, number> };
  expect(Object.keys(retention)).toEqual(expect.arrayContaining(Object.keys(DAYS)));
  // The machine of the test may have less free space than the guide keeps.
  const extra = stringify({
    retention: { ...retention, ...DAYS, freeDiskBytes: 0 },
    recording: { enabled: true, path: join(data, 'recordings') },
  });
  const config = writeConfig(folder, cloud, { extra });
  const text = readFileSync(config, 'utf8').replace(join(folder, 'sidetone.db'), join(data, 'sidetone.db'));
  writeFileSync(config, text);
  const daemon = await startDaemon(config, undefined, clock.env);
  await cloud.pointAt(daemon.url);
  const run = (command: string, options: ShellOptions = {}) =>
    shell(folder, command, { env: { SIDETONE_URL: daemon.url }, ...options });
  return { data, clock, url: daemon.url, run };
}

const ANNOTATE = `mutation ($id: ID!, $transcript: String!, $note: String!) {
  addUtterance(input: { callId: $id, party: CUSTOMER, text: $transcript }) { id }
  addNote(callId: $id, text: $note) { id }
}`;
const HOLD = 'mutation ($id: ID!) { placeHold(callId: $id, reason: "dispute") { id } }';

/** Lets time pass, and waits until retention has removed everything that is due then, except for one held call. */
async function applyRetention(url: string, pass: () => void): Promise<void> {
  pass();
  await until(async () => {
    const shown = status!.text.replace(/\}\s*$/, 'erasurePending }');
    // Idle connections time out at once, and requests on them fail.
    const result: Json = await query(url, shown).catch(() => undefined);
    const isDone = ({ kind, backlog, removedCalls }: Json): boolean =>
      removedCalls > 0 && backlog === (kind === 'CALLS' ? 1 : 0);
    return result?.retention.rules.every(isDone) && !result.erasurePending;
  }, 'the end of retention');
}

test.skipIf(!hasWallClock)(
  `a month of calls is retained by age and kind, and one number is erased${WALL_CLOCK_SKIP_REASON}`,
  async () => {
    const [folder, cloud] = [folderWithPrograms(), await simulator()];
    const { data, clock, url, run } = await startWithRetention(folder, cloud);
    await cloud.send('POST', 'history', HISTORY);
    const since = new Date(Date.now() - (HISTORY.days + 1) * DAY_MS).toISOString();
    expect(await run(`sidetone backfill --provider vapi --since ${since}`)).toMatchObject({ code: 0 });
    const [heldNew, ordinary] = [await playCall(cloud, url), await playCall(cloud, url)];
    const { calls } = await query(url, `{ calls(first: 100) { nodes { ${CALL} } } }`);
    const before = calls.nodes as Json[];
    expect(before).toHaveLength(HISTORY.count + 2);
    const heldOld = before.at(-1).id as string;
    for (const [index, { id }] of before.entries()) await query(url, ANNOTATE, { id, ...wordsOf(index) });
    for (const id of [heldNew, heldOld]) await query(url, HOLD, { id });

    await applyRetention(url, () => clock.step(PASSED_MS));
    const now = Date.now() + clock.offsetMs;
    const texts: { readonly kept: string[]; readonly gone: string[] } = { kept: [], gone: [] };
    const kept: Json[] = [];
    for (const [index, { id, endedAt, from, to }] of before.entries()) {
      const isHeld = id === heldNew || id === heldOld;
      const expected = keptAfter((now - Date.parse(endedAt)) / DAY_MS, isHeld);
      const { call } = await query(url, `query ($id: ID!) { call(id: $id) { ${CALL} } }`, { id });
      expect(keptOf(call), `the call that ended at ${endedAt}`).toEqual(expected);
      if (call) kept.push(call);
      const { transcript, note } = wordsOf(index);
      texts[expected?.transcript ? 'kept' : 'gone'].push(transcript);
      texts[expected?.note ? 'kept' : 'gone'].push(note);
      texts[expected ? 'kept' : 'gone'].push(...[from, to].filter((number) => number !== null));
    }
    const gone = texts.gone.filter((text) => !texts.kept.includes(text));
    expect(gone.length).toBeGreaterThan(HISTORY.count);
    expect([foundIn(data, gone), foundIn(data, texts.kept)]).toEqual([[], texts.kept]);
    expect(readdirSync(join(data, 'recordings'))).toEqual([`${heldNew}.wav`]);
    expect(kept.find(({ id }) => id === ordinary).recording).toBe(null);

    const guide = follow(GUIDE);
    const [list, exportAndErase, erase] = [
      guide.take('sidetone erase --number --dry-run'),
      guide.take('sidetone erase --number --export'),
      guide.take('sidetone erase --number --yes'),
    ];
    // The newest call of a number with notes and a transcript, the next one, and the held one of a month ago.
    const [first, second, held] = [kept[2], kept[3], kept.at(-1)];
    const numberOf = ({ from, to }: Json): string => (held.from && from !== held.to ? from : to);
    expect(held.id).toBe(heldOld);
    const listed = await run(list, { input: numberOf(first) });
    expect(listed).toMatchObject({ code: 0, stdout: expect.stringContaining(first.id) });
    const answers = [
      ['Telephone number:', numberOf(first)],
      ['Type "erase"', 'erase'],
    ] as const;
    expect(await run(exportAndErase, { answers })).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('1 calls'),
    });
    expect(readFileSync(join(folder, 'calls.jsonl'), 'utf8')).toContain(numberOf(first));
    for (const call of [second, held]) {
      writeFileSync(join(folder, 'number.txt'), numberOf(call));
      const { code, stderr } = await run(erase);
      expect([code, stderr.includes('kept because of a legal hold')]).toEqual([0, call === held]);
    }
    await until(async () => !(await query(url, '{ erasurePending }')).erasurePending, 'the erasure');
    expect(foundIn(data, [numberOf(first), numberOf(second), numberOf(held)])).toEqual([numberOf(held)]);

    const audit = (await run('sidetone audit')).stdout;
    expect(await run('sidetone audit verify')).toMatchObject({ code: 0 });
    const entries: Json[] = audit
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const kinds = entries.flatMap(({ action, details }) => (action === 'RETENTION' ? details.kind : []));
    expect(new Set(kinds)).toEqual(new Set(['CALLS', 'TRANSCRIPT', 'RECORDING', 'EVENTS', 'NOTES']));
    expect(entries.filter(({ action }) => action === 'ERASE_NUMBER')).toHaveLength(2);
    expect([...texts.gone, ...texts.kept].filter((text) => audit.includes(text.replace('+', '')))).toEqual(
      [],
    );
  },
);

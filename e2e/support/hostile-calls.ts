/** Calls whose every text is hard to lay out: long names, words without blanks, text of the other direction, override characters. */
import {
  endedCall,
  liveCall,
  said,
  scripted,
  utterances,
  type Scripted,
  type ScriptedEvent,
} from './scripted.ts';

/** Display names by provider id, of 55 to 120 characters. */
export const HOSTILE_PROVIDERS = {
  line: 'The telephone line of the service centre north and east',
  long: `A provider that somebody named after all of its ${'departments, '.repeat(6)}for good`,
  word: 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft',
} as const;

const WORD = 'word'.repeat(118).slice(0, 470);
const NAME = `Maria-Magdalena Theodora Wilhelmina von und zu ${'Hohenfels-'.repeat(6)}Berg`.slice(0, 120);
const ARABIC = 'شكرا. المبلغ 1,250.00 SAR. هل تريد الدفع الآن؟';
const HEBREW = 'שלום, אני צריך עזרה עם חשבון 42 (דחוף)';
const OVERRIDE = `invoice \u202Egpj.exe and \u2067more without an end`;
const LONG = 'This continues without a pause, and nobody interrupts it. '.repeat(60);

/** The texts of the calls: each call has some of them. */
const TEXTS = [WORD, ARABIC, HEBREW, OVERRIDE, LONG, 'A short line.', `${ARABIC} ${WORD}`] as const;
const NUMBERS = [
  '+15005550001',
  '+4930123456789',
  'sip:a-very-long-user-name-of-a-private-exchange@telephony.internal.example.com',
  ARABIC,
] as const;

/** One text with all of it. */
export const HOSTILE_TEXT = `${ARABIC} ${OVERRIDE} ${WORD}`;

const at = <Item>(items: readonly Item[], i: number): Item => items[i % items.length]!;
const providerIds = Object.keys(HOSTILE_PROVIDERS) as (keyof typeof HOSTILE_PROVIDERS)[];

export type Lines = Readonly<Record<keyof typeof HOSTILE_PROVIDERS, Scripted>>;

export const linesOf = (url: string, headers?: Record<string, string>): Lines =>
  Object.fromEntries(providerIds.map((id) => [id, scripted(url, id, headers)])) as unknown as Lines;

function hostileCall(i: number): ScriptedEvent[] {
  const id = `call-${i}`;
  return [
    ...liveCall(id, {
      direction: i % 2 === 0 ? 'INBOUND' : 'OUTBOUND',
      from: at(NUMBERS, i),
      to: at(NUMBERS, i + 1),
      assistant: { name: at([NAME, HEBREW, OVERRIDE, 'Front desk'], i) },
    }),
    said(id, i % 3 === 0 ? 'ASSISTANT' : 'CUSTOMER', at(TEXTS, i)),
  ];
}

/** Starts the live calls from one number up to another, on all providers in turn. The board then has `to` calls. */
export async function startCalls(lines: Lines, from: number, to: number): Promise<void> {
  const numbers = Array.from({ length: to - from }, (_, i) => from + i);
  const ofProvider = (provider: number): ScriptedEvent[][] =>
    numbers.filter((i) => i % providerIds.length === provider).map(hostileCall);
  await Promise.all(providerIds.map((id, i) => lines[id].emit(...ofProvider(i))));
}

/** A live call with every kind of text, partials, and events for its timeline. */
export async function startLiveCall({ long }: Lines): Promise<string> {
  const id = 'live';
  await long.emit(liveCall(id, { from: at(NUMBERS, 2), assistant: { name: NAME } }), [
    ...TEXTS.map((text, i) => said(id, i % 2 === 0 ? 'CUSTOMER' : 'ASSISTANT', text)),
    { type: 'dtmf', providerCallId: id, digits: '1234567890*#'.repeat(20) },
    { type: 'transfer.started', providerCallId: id, destination: at(NUMBERS, 2) },
    { type: 'notice', providerCallId: id, code: 'test', message: `${OVERRIDE} ${WORD}` },
    { type: 'utterance.partial', providerCallId: id, party: 'CUSTOMER', text: `${ARABIC} ${WORD}` },
    { type: 'utterance.partial', providerCallId: id, party: 'ASSISTANT', text: LONG },
  ]);
  return long.idOf(id);
}

/** An ended call with 3,000 lines and a report. */
export async function addLongCall({ word }: Lines): Promise<string> {
  const id = 'two-hours';
  await word.emit(
    endedCall(id, 9_000_000, { from: at(NUMBERS, 3), assistant: { name: HEBREW } }),
    TEXTS.map((text, i) => said(id, i % 2 === 0 ? 'CUSTOMER' : 'ASSISTANT', text)),
    utterances(id, 3000),
    [
      {
        type: 'call.report',
        providerCallId: id,
        summary: `${WORD} ${ARABIC} ${OVERRIDE}`,
        cost: { amount: 1234.5678, currency: 'EUR' },
      },
    ],
  );
  return word.idOf(id);
}

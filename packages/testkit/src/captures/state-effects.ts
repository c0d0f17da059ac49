/** Plays a captured call and states in each step what the plugin did, so that the call becomes a regression test. */
import { isJsonObject } from '@sidetone/plugin-kit';
import type { ProviderEvent } from '@sidetone/core';
import { outcomeName } from './outcome-name.ts';
import { createHarness, type ProviderHarness } from '../providers/harness.ts';
import { deriveFacts } from '../providers/derive-facts.ts';
import type {
  EventPattern,
  ExpectedEffects,
  HeardAudio,
  SentPattern,
  Subject,
} from '../providers/scenario.ts';
import type { StepEffects } from '../providers/step-effects.ts';
import type { CapturedCall, CapturedStep } from './captured-steps.ts';

/** Longer texts in messages of the plugin are not stated: they are audio, or texts that other steps state. */
const MAX_STATED_TEXT = 200;

/** A call with its effects, and what does not agree with the capture. */
export interface StatedCall {
  readonly call: CapturedCall;
  /** What an author should know, as sentences. */
  readonly remarks: readonly string[];
}

interface Played {
  readonly effects: readonly StepEffects[];
  readonly harness: ProviderHarness;
}

/** @param subjectOf creates the subject of a call, with a plugin. */
export async function stateEffects(
  captured: CapturedCall,
  subjectOf: (call: CapturedCall) => Subject,
): Promise<StatedCall> {
  const observed = { ...captured, toLive: captured.toLive.map((step) => ({ ...step, emits: [] })) };
  const [first, second] = [await play(subjectOf(observed)), await play(subjectOf(observed))];
  const steps = captured.toLive.map((step, i) => stated(step, first.effects[i], second.effects[i]));
  const details = detailsOf(
    first.harness.host.events.filter(({ providerCallId }) => providerCallId === captured.id),
  );
  return {
    call: { ...captured, ...(details && { details }), ...split(steps) },
    remarks: [
      ...rejectionsIn(first.harness),
      ...first.harness.errors.map((error) => `In the replay: ${error}.`),
    ],
  };
}

async function play(subject: Subject): Promise<Played> {
  const harness = await createHarness(subject);
  await harness.start();
  await harness.play(subject.scenario.call.toLive);
  await harness.stop().catch(() => undefined);
  return { effects: harness.stepEffects, harness };
}

/** Adds what both replays did alike. What differs depends on something random. */
function stated(
  step: CapturedStep,
  one: StepEffects | undefined,
  other: StepEffects | undefined,
): CapturedStep {
  if (!one || !other) return step;
  const [effects, again] = [effectsOf(one), effectsOf(other)];
  const same = Object.entries(effects).filter(
    ([name, value]) => JSON.stringify(value) === JSON.stringify(again[name as keyof ExpectedEffects]),
  );
  return { ...step, ...Object.fromEntries(same) };
}

function effectsOf({ events, sent, requests, audio }: StepEffects): ExpectedEffects {
  const sends = sent.map(sentPattern);
  const isStateable = sends.length > 0 && sends.every((each) => each !== undefined);
  const heard = heardOf(audio);
  return {
    emits: events.map((event) => JSON.parse(JSON.stringify(event)) as EventPattern),
    ...(isStateable && { sends }),
    ...(requests.length > 0 && {
      requests: requests.map(({ method, url, json }) => ({
        method,
        url: url.href,
        ...(isJsonObject(json) && { json: withoutLongTexts(json) as Record<string, unknown> }),
      })),
    }),
    ...(heard && { heard }),
  };
}

/** Returns a text, or the fields of a JSON message; undefined for audio. */
function sentPattern(message: string | Uint8Array): SentPattern | undefined {
  if (typeof message !== 'string') return undefined;
  try {
    const json: unknown = JSON.parse(message);
    if (isJsonObject(json)) return withoutLongTexts(json) as Record<string, unknown>;
  } catch {
    // A text.
  }
  return message.length <= MAX_STATED_TEXT ? message : undefined;
}

function withoutLongTexts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutLongTexts);
  if (!isJsonObject(value)) return value;
  const kept = Object.entries(value).filter(
    ([, part]) => typeof part !== 'string' || part.length <= MAX_STATED_TEXT,
  );
  return Object.fromEntries(kept.map(([name, part]) => [name, withoutLongTexts(part)]));
}

function heardOf(audio: StepEffects['audio']): HeardAudio | undefined {
  if (audio.length === 0) return undefined;
  const heard = new Map<string, { readonly sampleRate: number; readonly durationMs: number }>();
  for (const { party, sampleRate, durationMs } of audio)
    heard.set(party, { sampleRate, durationMs: (heard.get(party)?.durationMs ?? 0) + durationMs });
  return Object.fromEntries(heard);
}

/** The parts of a call begin with the step that makes it live, and with the one that ends it. */
function split(steps: readonly CapturedStep[]): Pick<CapturedCall, 'toLive' | 'live' | 'toEnd'> {
  const first = (isPart: (event: EventPattern) => boolean, otherwise: number): number => {
    const at = steps.findIndex(({ emits = [] }) => emits.some(isPart));
    return at < 0 ? otherwise : at;
  };
  const end = first(({ type }) => type === 'call.ended', steps.length);
  const live = Math.min(first((event) => event['status'] === 'IN_PROGRESS', end - 1) + 1, end);
  return { toLive: steps.slice(0, live), live: steps.slice(live, end), toEnd: steps.slice(end) };
}

const DETAILS = ['direction', 'from', 'to'] as const;

function detailsOf(events: readonly ProviderEvent[]): Record<string, unknown> | undefined {
  const { call } = deriveFacts(events);
  const known = DETAILS.flatMap((name) => (call?.[name] === undefined ? [] : [[name, call[name]] as const]));
  return known.length > 0 ? Object.fromEntries(known) : undefined;
}

/** Returns a remark for the requests that the plugin rejects in the replay. */
function rejectionsIn({ deliveries }: ProviderHarness): readonly string[] {
  const names = deliveries.flatMap((delivery) => outcomeName(delivery) ?? []);
  return names.length === 0
    ? []
    : [
        `The plugin rejected ${names.length} of ${deliveries.length} requests (${[...new Set(names)].join(', ')}). If they are signed, conformance.js needs \`sign\`.`,
      ];
}

/** Audits of what the scenario states: the effects of steps, messages that may be repeated, and the details of the call. */
import { getOwn } from '@sidetone/plugin-kit';
import { check } from '../../checks/verdict.ts';
import type { Audit } from '../audit.ts';
import { comparableText, deriveFacts } from '../derive-facts.ts';
import type { ProviderHarness } from '../harness.ts';
import { differenceOf } from '../step-effects.ts';

/** Returns what a call has left, as text: stored events, streams and their audio. */
function remainsOf({ host }: ProviderHarness): readonly string[] {
  const audio = host.streams.map(({ writes, gaps, options }) =>
    JSON.stringify([options.parties, writes.map(({ party, bytes }) => [party, bytes.length]), gaps]),
  );
  return [...deriveFacts(host.events).facts.map(comparableText), ...audio];
}

/** Each applies to scenarios that state what it compares. */
export const STATED_AUDITS: readonly Audit[] = [
  {
    // Only the author knows which events, messages and audio follow from a step.
    id: 'B3D7',
    level: 'MUST',
    name: 'Each step has the effects that the scenario states.',
    applies: ({ statesEffects }) => statesEffects,
    async run(context) {
      const { stepEffects } = await context.afterCall();
      const [difference] = stepEffects.flatMap((effects) => differenceOf(effects) ?? []);
      check(difference === undefined, difference ?? '');
    },
  },
  {
    // A second start of a stream would be a second stream, and a repeated key a second key.
    id: '5F1C',
    level: 'MUST',
    name: 'A repeated message on a socket has no effect.',
    applies: ({ repeatsMessages }) => repeatsMessages,
    async run(context) {
      const once = remainsOf(await context.afterCall());
      const twice = remainsOf(await context.afterCall({ redelivery: 'repeat' }));
      const different = twice.filter((each, i) => each !== once[i]).length + once.length - twice.length;
      check(different === 0, 'the repetition caused further events, streams or audio');
    },
  },
  {
    // Swapped numbers are valid numbers: nothing else notices them.
    id: '8D6E',
    level: 'MUST',
    name: 'The call has the details that the scenario states.',
    applies: ({ statesDetails }) => statesDetails,
    async run(context) {
      const { host } = await context.afterCall();
      const call: Readonly<Record<string, unknown>> = { ...deriveFacts(host.events).call };
      const wrong = Object.entries(context.scenario.call.details ?? {}).find(
        ([name, value]) => JSON.stringify(getOwn(call, name)) !== JSON.stringify(value),
      );
      check(wrong === undefined, `\`${wrong?.[0]}\` of the call is not the stated one`);
    },
  },
];

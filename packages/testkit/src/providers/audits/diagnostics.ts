/** Audits of `diagnostics`. */
import { CHECK_STATES, DIAGNOSTIC_LIMITS, type Diagnostic } from '@sidetone/core';
import { ABORT_MS, DIAGNOSTICS_MS } from '../../checks/deadlines.ts';
import { containsSecret } from '../../checks/encoded-secrets.ts';
import { mustBeFulfilled, type Outcome } from '../../checks/outcome.ts';
import { searchableText } from '../../checks/searchable-text.ts';
import { check } from '../../checks/verdict.ts';
import type { Audit } from '../audit.ts';
import type { AuditContext } from '../audit-context.ts';
import type { ApiBehaviour } from '../fake-api.ts';
import type { ProviderHarness } from '../harness.ts';
import { notAborted } from '../../fakes/not-aborted.ts';

const BEHAVIOURS = ['responds', 'rejects', 'rateLimits', 'hangs', 'unreachable', 'disconnects'] as const;
/** What a check reads is not changed by it. */
const SAFE_METHODS = ['GET', 'HEAD'];

const HAS_DIAGNOSTICS: Audit['applies'] = ({ diagnostics }) => diagnostics;

interface Diagnosis {
  readonly api: ApiBehaviour;
  readonly harness: ProviderHarness;
  readonly outcome: Outcome<readonly Diagnostic[] | undefined>;
}

/** Returns the result for each behaviour of the provider, of instances that are not started, as in `sidetone check`. */
async function diagnoses(context: AuditContext): Promise<readonly Diagnosis[]> {
  const all: Diagnosis[] = [];
  for (const api of BEHAVIOURS) {
    const harness = await context.created();
    harness.api = api;
    const running = async () => harness.provider.diagnostics?.(notAborted());
    all.push({ api, harness, outcome: await harness.outcome(running(), DIAGNOSTICS_MS) });
  }
  return all;
}

async function resultsOf(
  context: AuditContext,
): Promise<readonly (Diagnosis & { readonly results: readonly Diagnostic[] })[]> {
  return (await diagnoses(context)).flatMap((diagnosis) => {
    const { outcome } = diagnosis;
    // Another audit is about those that reject.
    if (outcome.state !== 'fulfilled') return [];
    return [{ ...diagnosis, results: Array.isArray(outcome.value) ? outcome.value : [] }];
  });
}

/** Returns what is wrong with a result, or undefined. */
function problemOf({ name, state, message, remedy = '' }: Diagnostic): string | undefined {
  const { nameCharacters, textCharacters } = DIAGNOSTIC_LIMITS;
  const isText = (text: unknown, most: number, least = 1): boolean =>
    typeof text === 'string' && text.length >= least && text.length <= most;
  if (!isText(name, nameCharacters)) return `a name is not a text of 1 to ${nameCharacters} characters`;
  if (!(CHECK_STATES as readonly unknown[]).includes(state)) return `${name}: the state is not a CheckState`;
  if (!isText(message, textCharacters))
    return `${name}: the message is not a text of 1 to ${textCharacters} characters`;
  return isText(remedy, textCharacters, 0)
    ? undefined
    : `${name}: the remedy is longer than ${textCharacters} characters`;
}

export const DIAGNOSTICS_AUDITS: readonly Audit[] = [
  {
    // What cannot be checked is a result; after the deadline, an operator would see nothing but the deadline.
    id: 'D0A4',
    level: 'MUST',
    name: '`diagnostics` resolves in time, whatever the provider does, also on an instance that is not started.',
    applies: HAS_DIAGNOSTICS,
    async run(context) {
      for (const { api, outcome } of await diagnoses(context))
        mustBeFulfilled(outcome, `diagnostics (the provider ${api})`);
      const harness = await context.created();
      const outcome = await harness.abortedOutcome((signal) => harness.provider.diagnostics?.(signal));
      check(outcome.state !== 'pending', `diagnostics did not settle within ${ABORT_MS} ms of its abort`);
    },
  },
  {
    // The daemon drops further results, and cuts texts.
    id: '2C8F',
    level: 'MUST',
    name: '`diagnostics` returns results of the contract, with different names, within their limits.',
    applies: HAS_DIAGNOSTICS,
    async run(context) {
      for (const { outcome } of await diagnoses(context)) {
        if (outcome.state !== 'fulfilled') continue;
        check(Array.isArray(outcome.value), 'it returned no list');
        const problem = outcome.value.map(problemOf).find((each) => each !== undefined);
        check(problem === undefined, problem ?? '');
        const { length } = outcome.value;
        check(length <= DIAGNOSTIC_LIMITS.results, `it returned ${length} results`);
        const names = new Set(outcome.value.map(({ name }) => name));
        check(names.size === length, 'two results have the same name');
      }
    },
  },
  {
    // Results are shown in terminals and tickets.
    id: '8E1B',
    level: 'MUST',
    name: '`diagnostics` contains no secret.',
    applies: HAS_DIAGNOSTICS,
    async run(context) {
      const { secrets } = context.scenario;
      for (const { results, api } of await resultsOf(context))
        check(!containsSecret(searchableText(results), secrets), `a result contains a secret (${api})`);
    },
  },
  {
    // An operator may check at any time, also during calls.
    id: '47D2',
    level: 'MUST',
    name: '`diagnostics` changes nothing: it emits no events and sends only GET requests.',
    applies: HAS_DIAGNOSTICS,
    async run(context) {
      for (const { harness } of await diagnoses(context)) {
        const { requests, events, dials } = harness.host;
        const other = requests.find(({ method }) => !SAFE_METHODS.includes(method));
        check(other === undefined, `it sent a request with the method ${other?.method}`);
        check(events.length === 0, 'it emitted an event');
        check(dials.length === 0, 'it opened a WebSocket');
      }
    },
  },
  {
    // A check that is always OK hides what is wrong.
    id: 'B95E',
    level: 'SHOULD',
    name: '`diagnostics` has a FAILED result if the provider rejects requests or is unreachable.',
    applies: HAS_DIAGNOSTICS,
    async run(context) {
      for (const { results, api } of await resultsOf(context)) {
        const isFailed = results.some(({ state }) => state === 'FAILED');
        if (api === 'rejects' || api === 'unreachable')
          check(isFailed, `the provider ${api}, and no result is FAILED`);
        if (api === 'responds') check(!isFailed, 'the provider responds, and a result is FAILED');
      }
    },
  },
];

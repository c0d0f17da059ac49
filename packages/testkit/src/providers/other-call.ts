/** The call of a scenario with another id, for audits that need many calls. */
import type { IngressRequestOptions } from '../fakes/contract-values.ts';
import { createIngressRequest } from '../fakes/contract-values.ts';
import type { FakeReply, FakeRequest } from '../fakes/fake-fetch.ts';
import { parseJson } from '@sidetone/plugin-kit';
import type { CallScenario, Sample, Scenario, ScenarioState, Step } from './scenario.ts';

/** Enough digits for all calls of an audit. */
const DIGITS = 6;

/** Returns another id of the same form: the letters and digits at its end become a number. */
export function otherId(id: string, number: number): string {
  const end = /[0-9a-z]*$/i.exec(id)?.[0] ?? '';
  const length = Math.min(end.length, DIGITS);
  const digits = String(number + 10 ** (DIGITS - 1));
  return id.slice(0, id.length - length) + (length === DIGITS ? digits : end.slice(0, 0) + digits);
}

/** Returns the scenario with another id of its call, wherever the texts of the scenario contain it. Requests are signed again. */
export function withCallId(scenario: Scenario, id: string): Scenario {
  const { call, api } = scenario;
  const change = (text: string): string => text.replaceAll(call.id, id);
  const changeBack = (text: string): string => text.replaceAll(id, call.id);
  const step = (each: Step): Step => stepOf(each, (sample) => sampleOf(scenario, sample, change), change);
  const steps = (part: keyof Pick<CallScenario, 'toLive' | 'live' | 'toEnd'>) => call[part].map(step);
  return {
    ...scenario,
    ...(api && {
      api: (request, state) => replyOf(api(requestOf(request, changeBack), state), change),
    }),
    call: { ...call, id, toLive: steps('toLive'), live: steps('live'), toEnd: steps('toEnd') },
  };
}

type Change = (text: string) => string;

function stepOf(step: Step, sample: (sample: Sample) => Sample, change: Change): Step {
  if ('request' in step) return { request: sample(step.request) };
  if ('connect' in step) return { connect: sample(step.connect) };
  const text = (message: string | Uint8Array) => (typeof message === 'string' ? change(message) : message);
  if ('message' in step) return { message: text(step.message) };
  return 'dialled' in step ? { dialled: text(step.dialled) } : step;
}

const valueOf = (value: unknown, change: Change): unknown =>
  value === undefined ? undefined : JSON.parse(change(JSON.stringify(value)));

function sampleOf({ sign }: Scenario, sample: Sample, change: Change): Sample {
  return (state: ScenarioState): IngressRequestOptions => {
    const given = typeof sample === 'function' ? sample(state) : sample;
    const { json, form, body, headers, ...rest } = given;
    const changed = {
      ...rest,
      path: change(given.path),
      ...(json !== undefined && { json: valueOf(json, change) }),
      ...(form && { form: valueOf(form, change) as Readonly<Record<string, string>> }),
      ...(body !== undefined && { body: typeof body === 'string' ? change(body) : body }),
    };
    const signed = sign?.(createIngressRequest(changed).body, changed.path, state);
    return { ...changed, headers: { ...headers, ...signed } };
  };
}

function requestOf(request: FakeRequest, change: Change): FakeRequest {
  const body = change(request.body);
  return { ...request, url: new URL(change(request.url.href)), body, json: parseJson(body) };
}

function replyOf(reply: FakeReply | undefined, change: Change): FakeReply | undefined {
  if (!reply) return undefined;
  const { json, text, ...rest } = reply;
  return {
    ...rest,
    ...(json !== undefined && { json: valueOf(json, change) }),
    ...(text !== undefined && { text: change(text) }),
  };
}

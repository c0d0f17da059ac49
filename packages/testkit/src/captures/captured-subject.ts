/** Makes a subject of the audits out of a captured call. */
import type { CapturedContent, CapturedRequest } from '@sidetone/plugin-kit';
import { getOwn, isJsonObject } from '@sidetone/plugin-kit';
import type { ProviderPlugin } from '@sidetone/core';
import type { IngressRequestOptions } from '../fakes/contract-values.ts';
import { createIngressRequest } from '../fakes/contract-values.ts';
import type { FakeReply } from '../fakes/fake-fetch.ts';
import type { ApiRequestState, Sample, Scenario, Step, Subject } from '../providers/scenario.ts';
import type { FakeRequest } from '../fakes/fake-fetch.ts';
import type { CapturedCall, CapturedStep } from './captured-steps.ts';

const SIGNATURE = 'masked-signature';

/**
 * Returns the subject of a captured call. With `base`, the scenario of `conformance.js`, requests are signed with its `sign` and its
 * secrets, and requests that were not captured are answered by its `api`.
 */
export function defineCapturedSubject<Options>(
  plugin: ProviderPlugin<Options>,
  captured: CapturedCall,
  base?: Subject | Scenario,
): Subject & { readonly plugin: ProviderPlugin<Options> } {
  const scenario = base && 'scenario' in base ? base.scenario : base;
  const { call, secrets } = scenario?.sign
    ? withSecretsOf(scenario, captured)
    : { call: captured, secrets: Object.keys(captured.secrets) };
  const { id, startsAt, country, options, tokens, details } = call;
  const steps = (list: readonly CapturedStep[]): readonly Step[] =>
    list.map((step) => playable(step, scenario));
  return {
    plugin,
    scenario: {
      options,
      secrets,
      startsAt,
      ...(country !== undefined && { country }),
      tokens,
      api: (request, state) => replyOf(call, request, state) ?? scenario?.api?.(request, state),
      call: {
        id,
        ...(details && { details }),
        toLive: steps(call.toLive),
        live: steps(call.live),
        toEnd: steps(call.toEnd),
      },
      ...(scenario?.sign && { sign: scenario.sign }),
    },
  };
}

/** Replaces the masks of secrets by those of another scenario, with which requests can be signed. */
function withSecretsOf({ options }: Scenario, captured: CapturedCall) {
  const values = Object.entries(captured.secrets).flatMap(([mask, path]) => {
    const value = valueAt(options, path.split('.'));
    return typeof value === 'string' ? [[mask, value] as const] : [];
  });
  let text = JSON.stringify(captured);
  for (const [mask, value] of values)
    text = text.replaceAll(new RegExp(`${mask}(?!\\d)`, 'g'), () => JSON.stringify(value).slice(1, -1));
  return { call: JSON.parse(text) as CapturedCall, secrets: values.map(([, value]) => value) };
}

const valueAt = (value: unknown, [name, ...rest]: readonly string[]): unknown => {
  if (name === undefined) return value;
  return isJsonObject(value) ? valueAt(getOwn(value, name), rest) : undefined;
};

function playable(step: CapturedStep, base: Scenario | undefined): Step {
  if ('request' in step) return { ...step, request: sampleOf(step.request, base) };
  if ('connect' in step) return { ...step, connect: sampleOf(step.connect, base) };
  if ('message' in step) return { ...step, message: messageOf(step.message) };
  if ('dialled' in step) return { ...step, dialled: messageOf(step.dialled) };
  return step;
}

function sampleOf(
  { content, headers = {}, path = '', method, query }: CapturedRequest,
  base: Scenario | undefined,
): Sample {
  const unsigned = Object.entries(headers).filter(([, value]) => value !== SIGNATURE);
  const request: IngressRequestOptions = {
    path,
    headers: Object.fromEntries(unsigned),
    ...(method !== undefined && { method }),
    ...(query && { query }),
    ...(content && { body: messageOf(content) }),
  };
  const sign = base?.sign;
  if (!sign) return request;
  return (state) => ({
    ...request,
    headers: { ...request.headers, ...sign(createIngressRequest(request).body, path, state) },
  });
}

function messageOf({ json, text, base64, silence }: CapturedContent): string | Uint8Array {
  if (json !== undefined) return JSON.stringify(json);
  if (text !== undefined) return text;
  return silence === undefined ? bytesOf(base64 ?? '') : new Uint8Array(silence);
}

const bytesOf = (base64: string): Uint8Array =>
  Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

/** Returns the response to a request: the first one for the first request to an address, and the last one for all later ones. */
function replyOf(
  { api }: CapturedCall,
  { method, url }: FakeRequest,
  { requests }: ApiRequestState,
): FakeReply | undefined {
  const isSame = (each: { readonly method: string; readonly url: string | URL }): boolean =>
    each.method === method && String(each.url) === url.href;
  const responses = api.filter(isSame);
  const number = requests.filter(isSame).length;
  const response = responses[Math.min(number, responses.length) - 1];
  if (!response) return undefined;
  const { status, headers, content } = response;
  const body = content && messageOf(content);
  return {
    status,
    ...(headers && { headers }),
    ...(typeof body === 'string' ? { text: body } : body && { bytes: new Uint8Array(body) }),
  };
}

// The content of `POST /call`. Validation returns all errors at once, as the real API does.

import type { VapiBehaviour } from '../behaviour.ts';
import type { PlacedCall } from '../call/call-contract.ts';
import { GPT_LIVE_FORMAT, isGptLive } from '../gpt-live.ts';
import { numberProblem, objectOf } from '../control/commands.ts';
import { DEFAULT_FORMAT } from '../transport/audio-format.ts';
import type { AudioFormat } from '../transport/audio-format.ts';
import type { Webhook } from '../webhook/message-sender.ts';

/** The maximum number of customers in a batch. */
const MAX_BATCH = 100;

type Fields = Readonly<Record<string, unknown>>;

/** One call to place. */
export interface Placement {
  readonly placed: PlacedCall;
  readonly behaviour: Partial<VapiBehaviour>;
  readonly webhook: Partial<Webhook>;
}

/** A parsed request: one call, or one for each valid customer. */
export interface CallRequest {
  readonly isBatch: boolean;
  readonly placements: readonly Placement[];
  readonly errors: readonly { readonly customer: unknown; readonly error: string }[];
}

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

const FIELDS =
  'assistantId assistant assistantVersion assistantOverrides squadId squad squadOverrides workflowId workflow workflowOverrides phoneNumberId phoneNumber customerId customer customers schedulePlan transport name metadata'.split(
    ' ',
  );
const ASSISTANT_FIELDS = ['assistantId', 'assistant', 'squadId', 'squad', 'workflowId', 'workflow'];
const PHONE = ['phoneNumber', 'phoneNumberId'];
const MONITOR = [
  'listenEnabled',
  'controlEnabled',
  'listenAuthenticationEnabled',
  'controlAuthenticationEnabled',
] as const;

/** Parses a request. Returns a list of error texts if it is invalid. */
export function decodeCallRequest(fields: Fields): CallRequest | string[] {
  const transport = fields['transport'] === undefined ? undefined : (objectOf(fields['transport']) ?? {});
  const isSocket = transport?.['provider'] === 'vapi.websocket';
  const problems = [
    ...commonProblems(fields),
    ...(isSocket ? socketProblems(fields, transport) : phoneProblems(fields)),
  ];
  if (problems.length > 0) return problems;
  if (isSocket)
    return { isBatch: false, placements: [placementOf(fields, undefined, transport)], errors: [] };
  const { customers } = fields;
  if (!Array.isArray(customers)) {
    const problem =
      fields['customerId'] === undefined ? customerProblem(fields['customer'], 'customer') : undefined;
    if (problem !== undefined) return [problem];
    return { isBatch: false, placements: [placementOf(fields, fields['customer'], undefined)], errors: [] };
  }
  const errors: { customer: unknown; error: string }[] = [];
  const placements: Placement[] = [];
  for (const customer of customers as unknown[]) {
    const error = customerProblem(customer, 'customer');
    if (error === undefined) placements.push(placementOf(fields, customer, undefined));
    else errors.push({ customer, error });
  }
  return { isBatch: true, placements, errors };
}

function commonProblems(fields: Fields): string[] {
  const problems = Object.keys(fields)
    .filter((name) => !FIELDS.includes(name))
    .map((name) => `property ${name} should not exist`);
  const named = ASSISTANT_FIELDS.filter((name) => fields[name] !== undefined);
  if (named.length === 0) problems.push('one of assistantId, assistant, squad or workflow must be given');
  if (fields['assistantId'] !== undefined && typeof fields['assistantId'] !== 'string')
    problems.push('assistantId must be a string');
  if (typeof fields['name'] === 'string' && fields['name'].length > 40)
    problems.push('name must be shorter than or equal to 40 characters');
  for (const owner of ['assistant', 'assistantOverrides']) {
    const settings = objectOf(fields[owner]) ?? {};
    const plan = objectOf(settings['monitorPlan']) ?? {};
    for (const name of MONITOR) {
      // These belong in the monitor plan; the API rejects them next to it.
      if (settings[name] !== undefined) problems.push(`${owner}.property ${name} should not exist`);
      if (plan[name] !== undefined && typeof plan[name] !== 'boolean')
        problems.push(`${owner}.monitorPlan.${name} must be a boolean value`);
    }
    const { url = 'https://unset' } = objectOf(settings['server']) ?? {};
    if (typeof url !== 'string' || !URL.canParse(url))
      problems.push(`${owner}.server.url must be a URL address`);
  }
  const { earliestAt } = objectOf(fields['schedulePlan']) ?? {};
  if (fields['schedulePlan'] !== undefined && Number.isNaN(Date.parse(String(earliestAt))))
    problems.push('schedulePlan.earliestAt must be a valid ISO 8601 date string');
  return problems;
}

function phoneProblems(fields: Fields): string[] {
  const problems: string[] = [];
  if (PHONE.every((name) => fields[name] === undefined))
    problems.push('phoneNumberId or phoneNumber must be given: a phone call needs a phone number');
  if (['customer', 'customerId', 'customers'].every((name) => fields[name] === undefined))
    problems.push('customer, customerId or customers must be given');
  const { customers } = fields;
  if (customers !== undefined && (!Array.isArray(customers) || customers.length > MAX_BATCH))
    problems.push(`customers must be an array of at most ${MAX_BATCH}`);
  return problems;
}

function socketProblems(fields: Fields, transport: Fields): string[] {
  const problems = PHONE.filter((name) => fields[name] !== undefined).map(
    (name) => `${name} must not be given with a vapi.websocket transport`,
  );
  const format = transport['audioFormat'];
  if (format === undefined) return problems;
  const { format: encoding, sampleRate, container = 'raw' } = objectOf(format) ?? {};
  if (encoding !== 'pcm_s16le' && encoding !== 'mulaw')
    problems.push('transport.audioFormat.format must be one of the following values: pcm_s16le, mulaw');
  if (typeof sampleRate !== 'number' || sampleRate < MIN_RATE || sampleRate > MAX_RATE)
    problems.push(`transport.audioFormat.sampleRate must be a number from ${MIN_RATE} to ${MAX_RATE}`);
  if (
    isGptLive(fields['assistant']) &&
    !(encoding === GPT_LIVE_FORMAT.format && sampleRate === GPT_LIVE_FORMAT.sampleRate)
  )
    problems.push('transport.audioFormat must be pcm_s16le at 24000 for GPT-Live');
  if (container !== 'raw')
    problems.push('transport.audioFormat.container must be one of the following values: raw');
  return problems;
}

const MIN_RATE = 3_000;
const MAX_RATE = 192_000;

function customerProblem(customer: unknown, path: string): string | undefined {
  const fields = objectOf(customer);
  if (fields === undefined) return `${path} must be an object`;
  if (typeof fields['sipUri'] === 'string') return undefined;
  return numberProblem(path, fields);
}

function placementOf(fields: Fields, customer: unknown, transport: Fields | undefined): Placement {
  const assistant = objectOf(fields['assistant']) ?? {};
  const settings = { ...assistant, ...objectOf(fields['assistantOverrides']) };
  const { assistantId, name } = fields;
  const earliestAt = Date.parse(String(objectOf(fields['schedulePlan'])?.['earliestAt']));
  const audioFormat = transport === undefined ? undefined : formatOf(objectOf(transport['audioFormat']));
  const { customers: _, name: _name, ...echo } = fields;
  const placed: PlacedCall = {
    type: transport === undefined ? 'outboundPhoneCall' : 'vapi.websocketCall',
    requestFields: {
      ...echo,
      ...(customer === undefined ? {} : { customer }),
      ...(transport === undefined
        ? {}
        : { transport: { ...transport, conversationType: 'voice', audioFormat } }),
    },
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof assistantId === 'string' ? { assistantId } : {}),
    ...(typeof settings['name'] === 'string' ? { assistantName: settings['name'] } : {}),
    ...(Number.isNaN(earliestAt) ? {} : { earliestAt }),
    ...(audioFormat === undefined ? {} : { audioFormat }),
  };
  return { placed, ...settingsOf(settings) };
}

function formatOf(given: Fields | undefined): AudioFormat {
  if (given === undefined) return DEFAULT_FORMAT;
  return {
    format: given['format'] === 'mulaw' ? 'mulaw' : 'pcm_s16le',
    sampleRate: Number(given['sampleRate']),
    container: 'raw',
  };
}

/** Returns how an assistant's settings change a call. */
function settingsOf(settings: Fields): Pick<Placement, 'behaviour' | 'webhook'> {
  const behaviour: Mutable<Partial<VapiBehaviour>> = {};
  const webhook: Mutable<Partial<Webhook>> = {};
  const plan = objectOf(settings['monitorPlan']) ?? {};
  for (const name of MONITOR) if (typeof plan[name] === 'boolean') behaviour[name] = plan[name];
  const { serverMessages, maxDurationSeconds } = settings;
  if (Array.isArray(serverMessages)) behaviour.serverMessages = serverMessages.map(String);
  if (isGptLive(settings)) behaviour.gptLive = true;
  if (typeof maxDurationSeconds === 'number')
    behaviour.maxDurationMs = within(10, maxDurationSeconds, 43_200) * 1000;
  const { url, secret, headers, timeoutSeconds, backoffPlan } = objectOf(settings['server']) ?? {};
  if (typeof url === 'string') webhook.url = url;
  if (typeof secret === 'string') webhook.secret = secret;
  const given = objectOf(headers);
  if (given !== undefined)
    webhook.headers = Object.fromEntries(
      Object.entries(given).map(([key, value]) => [key.toLowerCase(), String(value)]),
    );
  if (typeof timeoutSeconds === 'number') behaviour.webhookTimeoutMs = within(1, timeoutSeconds, 300) * 1000;
  const backoff = objectOf(backoffPlan) ?? {};
  if (typeof backoff['maxRetries'] === 'number') behaviour.maxRetries = within(0, backoff['maxRetries'], 10);
  if (typeof backoff['baseDelaySeconds'] === 'number')
    behaviour.retryBaseMs = within(0, backoff['baseDelaySeconds'], 10) * 1000;
  if (backoff['type'] === 'fixed' || backoff['type'] === 'exponential') behaviour.retryType = backoff['type'];
  if (Array.isArray(backoff['excludedStatusCodes']))
    behaviour.retryExcludedStatusCodes = backoff['excludedStatusCodes'].map(Number);
  return { behaviour, webhook };
}

function within(from: number, value: number, to: number): number {
  return Math.min(to, Math.max(from, value));
}

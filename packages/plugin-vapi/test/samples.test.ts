import { isFault, Secret, type ControlArguments, type ControlName, type ProviderEvent } from '@sidetone/core';
import { errorReasonIn } from '@sidetone/plugin-kit';
import { createCommandContext, createControlledCall, createFakeHost } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';
import { createVapiApi, isSuccess, type VapiApi } from '../src/rest/api.ts';
import { hasEnded, translateCall } from '../src/calls/call-events.ts';
import { decodeCall } from '../src/calls/call-object.ts';
import { translate } from '../src/translate.ts';
import { decodeText, decodeWebhook } from '../src/wire.ts';
import { start } from './harness.ts';
import { CALL, CONTROL_URL, OTHER_CALL, sample, SAMPLES, samplesOf } from './samples.ts';

/** Formats an event as a line: its type and its main fields. */
function line(event: ProviderEvent): string {
  const { status, party, text, code, end, destination, assistant, summary } = event as unknown as Record<
    string,
    string & { category?: string; code?: string; name?: string }
  >;
  const fields = [status, party, text, code, end?.category, end?.code, destination, assistant?.name, summary];
  return [event.type, ...fields].filter((field) => field !== undefined).join(' | ');
}

const unanswered = ['call.started | IN_PROGRESS', 'notice | VAPI_REQUEST_UNANSWERED'];
const setUp = ['call.started', 'notice | VAPI_REQUEST_UNANSWERED'];
const progress = ['call.started | IN_PROGRESS'];

/** The events of each webhook about an unknown call, or why it is rejected. */
const WEBHOOKS: Readonly<Record<string, readonly string[] | string>> = {
  'status-update queued': ['call.started | QUEUED'],
  'status-update ringing': ['call.started | RINGING'],
  'status-update in-progress, embedded call stale': progress,
  'status-update forwarding': ['call.started | FORWARDING'],
  'status-update, unknown status': ['call.started'],
  'status-update ended, new unknown reason': [
    'call.started',
    'call.ended | PROVIDER_FAULT | call.in-progress.error-providerfault-quantumvoice-returning-418-teapot',
  ],
  'status-update ended, inbound error artifacts': [
    'call.started',
    'call.ended | CONFIGURATION | assistant-request-failed',
  ],
  'assistant.started': [...progress, 'assistant.changed | Nova'],
  'assistant.speechStarted force-say text only': progress,
  'speech-update assistant started': ['call.started', 'speech.started | ASSISTANT'],
  'speech-update user started, turn missing': ['call.started', 'speech.started | CUSTOMER'],
  'speech-update user stopped': ['call.started', 'speech.stopped | CUSTOMER'],
  'timestamp as iso string': ['call.started', 'speech.started | CUSTOMER'],
  'numbers at the edge': ['call.started', 'speech.stopped | ASSISTANT'],
  'transcript final': ['call.started', 'utterance.final | CUSTOMER | Hi, yes, go ahead.'],
  'transcript final, literal type string': ['call.started', 'utterance.final | ASSISTANT | Thank you.'],
  'transcript final, filtered': ['call.started', 'utterance.final | CUSTOMER | [removed]'],
  'transcript unicode, emoji, rtl, combining': [
    'call.started',
    `utterance.final | CUSTOMER | ${(sample('transcript unicode, emoji, rtl, combining') as { message: { transcript: string } }).message.transcript}`,
  ],
  'transcript empty text': ['call.started'],
  'many nulls': ['call.started', 'utterance.final | CUSTOMER | ok'],
  'conversation-update, schema shape': progress,
  'conversation-update, only conversation array': progress,
  'conversation-update with tool items and null content': ['call.started'],
  'model-output token': progress,
  'model-output tool call object': progress,
  'voice-input': progress,
  'user-interrupted with turnId': progress,
  'user-interrupted without turnId': progress,
  hang: ['call.started', 'notice | VAPI_PIPELINE_DELAYED'],
  'tool-calls, arguments as string': unanswered,
  'tool-calls, arguments as object': unanswered,
  'tool-calls, documentation shape': unanswered,
  'function-call, legacy': unanswered,
  'call.endpointing.request': unanswered,
  'transfer-destination-request': unanswered,
  'handoff-destination-request': unanswered,
  'voice-request': setUp,
  'phone-call-control forward': setUp,
  'phone-call-control hang-up': setUp,
  'transfer-update to number': ['call.started', 'transfer.started | +15005550123'],
  'transfer-update to assistant': [
    'call.started',
    'transfer.started | Billing',
    'assistant.changed | Billing',
  ],
  'transfer-update, no own fields': ['call.started', 'transfer.started'],
  'end-of-call-report, duplicate delivery with new presigned urls': [
    'call.started',
    'call.ended | CUSTOMER_ENDED | customer-ended-call',
    'call.report | Customer confirmed the renewal.',
  ],
  // Without a call, or about an unknown call that has ended.
  'call.artifact.upload': [],
  'chat.created': [],
  'chat.deleted': [],
  'session.updated': [],
  'campaign.predial': [],
  'bare body without envelope': progress,
  'call id of another host in monitor (must be refused)': progress,
  'no call object and no timestamp': 'status-update: expected a call id',
};

describe('a webhook sample', () => {
  it.each(samplesOf('webhook').map(({ name, body }) => [name, body] as const))('%s', (name, body) => {
    const decoded = decodeWebhook(new TextEncoder().encode(JSON.stringify(body)));
    const context = { receivedAt: 1_787_400_000_000, known: { assistantSeen: false } };
    const result = decoded.ok ? translate(decoded.message, context).map(line) : decoded.problem;
    expect(result).toEqual(WEBHOOKS[name]);
    const text = decoded.ok ? JSON.stringify(translate(decoded.message, context)) : '';
    expect(text).not.toMatch(/ignore your rules|renewal agent|lookupPolicy|sig=|vapi\.ai/);
  });
});

/** The events of each call object of the REST API. */
const CALLS: Readonly<Record<string, readonly string[]>> = {
  'get ended call, full': [
    'call.started',
    'call.ended | CUSTOMER_ENDED | customer-ended-call',
    'call.report | Customer confirmed the renewal and asked for an e-mail receipt.',
  ],
  'get ended call read too early, cost zero': [
    'call.started',
    'call.ended | CUSTOMER_ENDED | customer-ended-call',
    'call.report',
  ],
  'get forwarded call with sip destination': [
    'call.started',
    'call.ended | FORWARDED | assistant-forwarded-call',
    'call.report',
  ],
  'get call, many nulls and unknown enum values': ['call.started'],
  'get call, monitor urls as pasted in docs': progress,
};

type Request = (api: VapiApi, signal: AbortSignal) => Promise<unknown>;
const list: Request = async (api, signal) => {
  const { calls, count, hasMore } = await api.listCalls({ limit: 100 }, signal);
  return { ids: calls.map(({ id }) => id), count, hasMore };
};
const get: Request = (api, signal) => api.getCall(CALL, signal);
const create: Request = async (api, signal) => (await api.createCall({}, signal)).id;
const control: Request = async (api, signal) => {
  const reply = await api.control(new URL(CONTROL_URL), { type: 'end-call' }, signal);
  return { isAccepted: isSuccess(reply), reason: errorReasonIn(reply) };
};

/** The request that each sample responds to, and its result or error. */
const RESPONSES: Readonly<Record<string, readonly [request: Request, outcome: unknown]>> = {
  'create batch, one failed': [create, CALL],
  'list calls, array': [
    list,
    { ids: [CALL, '0198e4b7-03aa-7c55-8f0e-91d4b7a6c2e3', OTHER_CALL], count: 3, hasMore: false },
  ],
  'list calls, empty': [list, { ids: [], count: 0, hasMore: false }],
  'list calls, paginated shape': [list, { ids: [CALL], count: 1, hasMore: false }],
  'error 400, message array': [
    create,
    { code: 'PROVIDER_REFUSED', message: /E\.164 format; assistant\.property/ },
  ],
  'error 401, key mix-up': [get, { code: 'PROVIDER_REFUSED', message: /Invalid key/ }],
  'error 403, cdn plain text': [get, { code: 'PROVIDER_REFUSED', message: /error code: 1010/ }],
  'error 404, unknown call': [get, undefined],
  'error 429': [get, { code: 'PROVIDER_RATE_LIMITED', details: { status: 429, retryAfterSeconds: 21 } }],
  'control accepted, no body': [control, { isAccepted: true, reason: undefined }],
  'control refused, unknown call': [control, { isAccepted: false, reason: 'Call not active' }],
};

describe('REST response', () => {
  it.each(Object.entries(RESPONSES))('%s', async (name, [request, outcome]) => {
    const { body, meta } = samplesOf('rest-response').find((each) => each.name === name)!;
    const host = createFakeHost();
    const text = (body as { text?: unknown }).text;
    const content = typeof text === 'string' ? { ...(text !== '' && { text }) } : { json: body };
    const reply = { status: meta?.status ?? 200, headers: meta?.headers ?? {}, ...content };
    for (const method of ['GET', 'POST'] as const) host.respond(method, /./, reply);
    const api = createVapiApi({
      host,
      baseUrl: new URL('https://api.vapi.ai'),
      apiKey: new Secret('private'),
      publicKey: undefined,
      controlTimeoutMs: 5000,
    });
    const result = await request(api, new AbortController().signal).catch((error: unknown) => error);
    if (isFault(result)) {
      const { message, ...rest } = outcome as { message?: RegExp };
      expect(result).toMatchObject(rest);
      expect(result.message).toMatch(message ?? /./);
    } else {
      expect(result).toEqual(outcome);
    }
  });
});

describe('call object of the REST API', () => {
  it.each(Object.entries(CALLS))('%s', (name, expected) => {
    const call = decodeCall(sample(name, 'rest-response'))!;
    expect(translateCall(call, 1_787_400_000_000, { assistantSeen: false }).map(line)).toEqual(expected);
    expect(hasEnded(call)).toBe(expected.length > 1);
  });

  it('is listed in one of the two tables', () => {
    const names = samplesOf('rest-response').map(({ name }) => name);
    expect(names.toSorted()).toEqual([...Object.keys(CALLS), ...Object.keys(RESPONSES)].toSorted());
  });
});

type ControlCall = { [Name in ControlName]: readonly [Name, ControlArguments[Name]] }[ControlName];

const say = { endCallAfterSpoken: false, interrupt: false };
const plan = (name: string): Readonly<Record<string, unknown>> =>
  (sample(name, 'control-request') as { destination: Readonly<Record<string, unknown>> }).destination;
const without = (fields: Readonly<Record<string, unknown>>, ...names: string[]) =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));

/** The control call for which the plugin posts each sample; `instead` if our body differs. */
const CONTROLS: Readonly<Record<string, { call: ControlCall; instead?: unknown; options?: object }>> = {
  // Whether the customer may interrupt is not an argument of the control.
  'say with content': {
    call: ['say', { ...say, content: 'One moment, a supervisor is checking this for you.', interrupt: true }],
    instead: {
      type: 'say',
      content: 'One moment, a supervisor is checking this for you.',
      interruptAssistantEnabled: true,
    },
  },
  // The older field is sent in addition if configured.
  'say with message, older spelling': {
    call: ['say', { ...say, content: 'Welcome back.' }],
    instead: { type: 'say', content: 'Welcome back.', message: 'Welcome back.' },
    options: { compatibility: { sayMessageKey: true } },
  },
  'say unicode': { call: ['say', { ...say, content: 'Ça va? ¡Hasta luego! さようなら 👋' }] },
  'say empty content': { call: ['say', { ...say, content: '' }] },
  'add-message system, silent': {
    call: [
      'addMessage',
      {
        role: 'SYSTEM',
        content: 'The customer is a VIP. Offer a callback today.',
        triggerResponse: false,
      },
    ],
  },
  'add-message user, triggers response': {
    call: ['addMessage', { role: 'USER', content: 'Please repeat the price.', triggerResponse: true }],
  },
  'add-message bad role': {
    call: ['addMessage', { role: 'SUPERVISOR' as 'SYSTEM', content: 'x', triggerResponse: true }],
  },
  'control unmute-assistant': { call: ['unmute', { party: 'ASSISTANT' }] },
  'control mute-customer': { call: ['mute', { party: 'CUSTOMER' }] },
  'end-call': { call: ['endCall', {}] },
  'transfer number, minimal': { call: ['transfer', { number: '+15005550123' }] },
  'transfer number, warm with extension and caller id': {
    call: [
      'transfer',
      {
        number: '+15005550123',
        extension: '42',
        callerId: '{{phoneNumber.number}}',
        content: 'I am connecting you to a colleague.',
        providerOptions: {
          transferPlan: plan('transfer number, warm with extension and caller id')['transferPlan'],
        },
      },
    ],
  },
  'transfer sip with headers': {
    call: [
      'transfer',
      {
        sipUri: 'sip:desk7@pbx.example.net',
        content: 'Transferring you now.',
        providerOptions: without(plan('transfer sip with headers'), 'type', 'sipUri'),
      },
    ],
  },
  'transfer sip dial with caller id': {
    call: [
      'transfer',
      {
        sipUri: 'sip:+15005550188@trunk.example.net',
        callerId: '+15005550100',
        providerOptions: { transferPlan: plan('transfer sip dial with caller id')['transferPlan'] },
      },
    ],
  },
  'handoff saved assistant, object plan': {
    call: [
      'handoff',
      {
        assistantId: 'c1e6a4de-7d36-4b0f-9e8b-2f8a7c1d9a01',
        content: 'Let me bring in our billing specialist.',
        providerOptions: { contextEngineeringPlan: { type: 'lastNMessages', maxMessages: 6 } },
      },
    ],
  },
  'handoff by member name with overrides': {
    call: ['handoff', { providerOptions: without(plan('handoff by member name with overrides'), 'type') }],
  },
  'handoff squad': { call: ['handoff', { providerOptions: without(plan('handoff squad'), 'type') }] },
};

/** Bodies that the plugin never sends: an empty message, and raw TwiML. */
const NOT_OFFERED = new Set(['add-message default trigger, null content', 'send-transport-message twilio']);

describe('control command', () => {
  it.each(Object.entries(CONTROLS))('%s', async (name, { call, instead, options = {} }) => {
    const { meta, body } = samplesOf('control-request').find((each) => each.name === name)!;
    const { host, provider, post } = await start(options);
    await post(sample('status-update in-progress, embedded call stale'));
    host.respond('POST', CONTROL_URL, { status: 204 });
    const [control, args] = call;
    const run = provider.controls![control] as (...all: unknown[]) => Promise<void>;
    const done = run(createControlledCall(CALL), args, createCommandContext());
    if (meta?.expect === 'invalid') {
      await expect(done).rejects.toMatchObject({ code: 'INPUT_INVALID' });
      expect(host.requests).toEqual([]);
    } else {
      await done;
      expect(host.requests.map(({ json }) => json)).toEqual([instead ?? body]);
    }
    await provider.stop(new AbortController().signal);
    host.verify();
  });

  it('is listed in one of the two tables', () => {
    const names = samplesOf('control-request').map(({ name }) => name);
    expect(names.toSorted()).toEqual([...Object.keys(CONTROLS), ...NOT_OFFERED].toSorted());
  });
});

/** The events of each text frame of the transport socket. */
const FRAMES: Readonly<Record<string, readonly string[]>> = {
  'status-update in-progress': progress,
  'assistant.started': [...progress, 'assistant.changed | Nova'],
  'speech-update started': ['speech.started | ASSISTANT'],
  'transcript final, first utterance of turn': ['utterance.final | ASSISTANT | Good morning, this is Nova.'],
  'speech-update stopped': ['speech.stopped | ASSISTANT'],
  'transcript partial user': ['utterance.partial | CUSTOMER | sure I'],
  'conversation-update, conversation array': progress,
  'conversation-update, schema shape': progress,
  'model-output': progress,
  'voice-input': progress,
  'user-interrupted': progress,
  'assistant.speechStarted': progress,
  'tool-calls': unanswered,
  'tool-calls-result': [],
  'workflow.node.started': [],
  'transfer-update': ['transfer.started | +15005550123'],
  hang: ['notice | VAPI_PIPELINE_DELAYED'],
  'unknown type': [],
  'status-update ended, silence': ['call.ended | LIMIT_REACHED | silence-timed-out'],
};

describe('text frame of the transport socket', () => {
  const frames = samplesOf('transport-in').filter(({ meta }) => meta?.frame === 'text');
  it.each(frames.map(({ name, body }) => [name, body] as const))('%s', (name, body) => {
    const message = decodeText(JSON.stringify(body));
    const context = { receivedAt: 1_787_400_000_000, known: { assistantSeen: false } };
    expect(translate({ ...message!, callId: CALL }, context).map(line)).toEqual(FRAMES[name]);
  });
});

it('tests every channel of the samples', () => {
  expect(new Set(SAMPLES.map(({ channel }) => channel))).toEqual(
    new Set(['rest-response', 'webhook', 'control-request', 'listen', 'transport-in', 'transport-out']),
  );
});

// Messages that need an answer. Each answer is recorded with its duration, and applied to the call if it changes it.

import type { Answer } from '../../call/call-state.ts';
import type { Outcome } from '../../http/webhook-sender.ts';
import { jsonObject } from '../../http/http-request.ts';
import { cloudTime, historyOf, openAiFormatted, secondsSince } from '../call/call-object.ts';
import type { VapiRecord } from '../call/call-object.ts';
import { decodeCommand, objectOf } from '../control/commands.ts';
import type { Command } from '../control/commands.ts';
import { conversationUpdate } from './messages.ts';
import type { ClientMessage } from './messages.ts';
import type { MessageSender } from './message-sender.ts';

/** The fixed timeout of `assistant-request`. */
export const ASSISTANT_REQUEST_MS = 7_500;
/** How many answers are kept for one call. */
const MAX_ANSWERS = 1_000;
/** A longer answer is cut off at this length. */
const MAX_ANSWER_CHARACTERS = 100_000;

/** The message types that need an answer. */
export const REQUEST_TYPES = [
  'assistant-request',
  'tool-calls',
  'function-call',
  'transfer-destination-request',
  'handoff-destination-request',
  'knowledge-base-request',
] as const;

/** The request to send. */
export interface ServerRequest {
  readonly type: (typeof REQUEST_TYPES)[number];
  /** The format of the arguments of `tool-calls`: `string` (schema), `object` (observed), `documentation` (`parameters`). */
  readonly spelling?: 'string' | 'object' | 'documentation';
  readonly name?: string;
  readonly arguments?: Readonly<Record<string, unknown>>;
  /** The timeout; not for `assistant-request`. */
  readonly timeoutMs?: number;
}

/** The call on which an answer acts. */
interface RequestContext {
  readonly record: VapiRecord;
  readonly messageSender: MessageSender;
  send(message: ClientMessage): void;
  execute(command: Command): boolean;
}

/** Sends requests to the server URL and records the answers. */
export interface ServerRequests {
  readonly answers: readonly Answer[];
  /** Sends a request and resolves with the answer. */
  send(request: ServerRequest): Promise<Answer>;
}

/** Creates the requests of one call. */
export function createServerRequests(call: RequestContext): ServerRequests {
  const answers: Answer[] = [];
  let count = 0;
  return {
    answers,
    async send(request) {
      count += 1;
      const id = `call_${count.toString(36).padStart(4, '0')}`;
      const { webhookTimeoutMs } = call.record.behaviour;
      const timeoutMs =
        request.type === 'assistant-request' ? ASSISTANT_REQUEST_MS : (request.timeoutMs ?? webhookTimeoutMs);
      const pending: Answer = {
        type: request.type,
        at: Date.now(),
        status: null,
        body: '',
        ms: null,
        outcome: 'pending',
      };
      answers.push(pending);
      if (answers.length > MAX_ANSWERS) answers.shift();
      const outcome = await call.messageSender.request(messageOf(request, id, call.record), timeoutMs);
      const answer = answerOf(pending, outcome);
      const index = answers.indexOf(pending);
      if (index >= 0) answers[index] = answer;
      if (outcome?.status === 200) EFFECTS[request.type]?.(outcome.text, { request, id, call });
      return answer;
    },
  };
}

/** Whether an answer to `assistant-request` names an assistant. */
export function namesAssistant(body: string): boolean {
  const fields = jsonObject(body) ?? {};
  return ['assistantId', 'assistant', 'squadId', 'squad', 'workflowId', 'workflow'].some(
    (name) => fields[name] !== undefined && fields[name] !== null,
  );
}

function answerOf(pending: Answer, outcome: Outcome | undefined): Answer {
  if (outcome === undefined) return { ...pending, outcome: 'no server URL' };
  const { status, text, failure } = outcome;
  return {
    ...pending,
    status,
    body: text.slice(0, MAX_ANSWER_CHARACTERS),
    ms: Date.now() - pending.at,
    outcome: failure === null ? 'answered' : failure === 'timeout' ? 'timeout' : 'unreachable',
  };
}

interface Effect {
  readonly request: ServerRequest;
  readonly id: string;
  readonly call: RequestContext;
}

const EFFECTS: { readonly [Type in ServerRequest['type']]?: (body: string, effect: Effect) => void } = {
  'tool-calls': addToolCall,
  'transfer-destination-request': (body, { call }) => applyDestination('transfer', body, call),
  'handoff-destination-request': (body, { call }) => applyDestination('handoff', body, call),
};

function addToolCall(body: string, { request, id, call }: Effect): void {
  const time = cloudTime(call.record);
  const secondsFromStart = secondsSince(call.record, time);
  const { name = DEFAULT_TOOL } = request;
  const results = jsonObject(body)?.['results'];
  const first = Array.isArray(results) ? (objectOf(results[0]) ?? {}) : {};
  const result = first['result'] ?? first['error'] ?? 'No result returned.';
  call.record.history.push(
    { role: 'tool_calls', toolCalls: [schemaToolCall(request, id)], message: '', time, secondsFromStart },
    { role: 'tool_call_result', toolCallId: id, name, result, message: '', time, secondsFromStart },
  );
  call.send(conversationUpdate(call.record));
}

function applyDestination(type: 'transfer' | 'handoff', body: string, call: RequestContext): void {
  const command = decodeCommand(JSON.stringify({ type, destination: jsonObject(body)?.['destination'] }));
  if (typeof command !== 'string') call.execute(command);
}

const DEFAULT_TOOL = 'lookupPolicy';
const DEFAULT_ARGUMENTS = { number: '77-120' };

const MESSAGES: {
  readonly [Type in ServerRequest['type']]: (
    request: ServerRequest,
    id: string,
    record: VapiRecord,
  ) => object;
} = {
  'assistant-request': () => ({}),
  'tool-calls': toolCalls,
  'function-call': ({ name = DEFAULT_TOOL, arguments: given = DEFAULT_ARGUMENTS }) => ({
    functionCall: { name, parameters: given },
  }),
  'transfer-destination-request': () => ({}),
  'handoff-destination-request': ({ arguments: given = { reason: 'billing' } }) => ({ parameters: given }),
  'knowledge-base-request': (_request, _id, record) => ({
    messages: historyOf(record),
    messagesOpenAIFormatted: openAiFormatted(record.history),
  }),
};

function messageOf(request: ServerRequest, id: string, record: VapiRecord): ClientMessage {
  return { type: request.type, ...MESSAGES[request.type](request, id, record) };
}

function schemaToolCall(
  { name = DEFAULT_TOOL, arguments: given = DEFAULT_ARGUMENTS }: ServerRequest,
  id: string,
) {
  return { id, type: 'function', function: { name, arguments: JSON.stringify(given) } };
}

function toolCalls(request: ServerRequest, id: string): object {
  const { name = DEFAULT_TOOL, arguments: given = DEFAULT_ARGUMENTS, spelling = 'string' } = request;
  if (spelling === 'documentation') {
    return {
      toolCallList: [{ id, name, parameters: given }],
      toolWithToolCallList: [{ name, toolCall: { id, parameters: given } }],
    };
  }
  const toolCall =
    spelling === 'string'
      ? schemaToolCall(request, id)
      : { id, type: 'function', function: { name, arguments: given } };
  return {
    toolCallList: [toolCall],
    toolWithToolCallList: [{ type: 'function', function: { name }, toolCall }],
  };
}

/**
 * Vapi's call object, read tolerantly: REST answers with it, and every webhook carries one. All of it may be missing
 * or null, and the copy in a webhook may be stale.
 */
import {
  instantOf,
  isJsonObject,
  listOf,
  numberOf,
  objectOf,
  definedFields,
  textOf,
  type JsonObject,
} from '@sidetone/plugin-kit';
import { type ReportedUtterance } from '@sidetone/core';
import { saidIn } from './conversation.ts';

export interface VapiAssistant {
  readonly id?: string;
  readonly name?: string;
}

export interface VapiCall {
  readonly id: string;
  readonly type?: string;
  readonly status?: string;
  readonly name?: string;
  readonly carrier?: string;
  readonly carrierTransport?: string;
  readonly createdAt?: number;
  readonly startedAt?: number;
  readonly assistant: VapiAssistant;
  /** Number or SIP address of the person. */
  readonly customer?: string;
  /** Number of the account's side. */
  readonly phoneNumber?: string;
  /** The monitor addresses as told, unchecked; undefined when the call object has no word on them. */
  readonly monitor?: { readonly listenUrl?: string; readonly controlUrl?: string };
  /** Where a call over the WebSocket transport is joined, as told, unchecked. */
  readonly websocketCallUrl?: string;
  readonly report: VapiReport;
}

/** What is known of a call once it is over: at the root of an end-of-call report, and in the call object alike. */
export interface VapiReport {
  readonly endedReason?: string;
  readonly endedMessage?: string;
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly summary?: string;
  /** USD. Zero while the costs have not settled, and then left out. */
  readonly cost?: number;
  /** All that was said; empty when nothing tells it. */
  readonly utterances: readonly ReportedUtterance[];
  /** The assistant that spoke last, where the call tells who was active. */
  readonly lastAssistant?: VapiAssistant;
  /** For clients that know Vapi. */
  readonly providerData: JsonObject;
}

/** Number or SIP address of a `customer` or `phoneNumber` object. */
export function addressOf(value: unknown): string | undefined {
  const party = objectOf(value);
  return textOf(party['number']) ?? textOf(party['sipUri']);
}

/** Id and name of an assistant object. */
export function assistantOf(value: unknown): VapiAssistant {
  const assistant = objectOf(value);
  return definedFields({
    id: textOf(assistant['id']) ?? textOf(assistant['assistantId']),
    name: textOf(assistant['name']) ?? textOf(assistant['assistantName']),
  });
}

function monitorOf(value: unknown): VapiCall['monitor'] {
  if (!isJsonObject(value)) return undefined;
  return definedFields({ listenUrl: textOf(value['listenUrl']), controlUrl: textOf(value['controlUrl']) });
}

/** The call in `value`; undefined when it has no id. */
export function decodeCall(value: unknown): VapiCall | undefined {
  const call = objectOf(value);
  const id = textOf(call['id']);
  if (id === undefined) return undefined;
  const assistant = assistantOf(call['assistant']);
  return {
    id,
    assistant: { ...assistant, ...definedFields({ id: textOf(call['assistantId']) ?? assistant.id }) },
    report: decodeReport(call),
    ...definedFields({
      type: textOf(call['type']),
      status: textOf(call['status']),
      name: textOf(call['name']),
      carrier: textOf(call['phoneCallProvider']),
      carrierTransport: textOf(call['phoneCallTransport']),
      createdAt: instantOf(call['createdAt']),
      startedAt: instantOf(call['startedAt']),
      customer: addressOf(call['customer']),
      phoneNumber: addressOf(call['phoneNumber']),
      monitor: monitorOf(call['monitor']),
      websocketCallUrl: textOf(objectOf(call['transport'])['websocketCallUrl']),
    }),
  };
}

/** An address that holds without a signature: a presigned one is a key, and soon a dead one. */
function lastingUrl(value: unknown): string | undefined {
  const text = textOf(value);
  return text !== undefined && URL.canParse(text) && new URL(text).search === '' ? text : undefined;
}

const firstLasting = (...values: readonly unknown[]): string | undefined =>
  values.map(lastingUrl).find((url) => url !== undefined);

function durationSecondsOf(root: JsonObject, startedAt?: number, endedAt?: number): number | undefined {
  // The span first: that a `durationSeconds` holds seconds is only as sure as its name.
  const span = startedAt === undefined || endedAt === undefined ? undefined : (endedAt - startedAt) / 1000;
  return span !== undefined && span >= 0 ? span : numberOf(root['durationSeconds']);
}

/** What `root`, a call object or an end-of-call report, tells about the end. */
export function decodeReport(root: JsonObject): VapiReport {
  const analysis = objectOf(root['analysis']);
  const artifact = objectOf(root['artifact']);
  const recording = objectOf(artifact['recording']);
  const told = numberOf(root['cost']);
  // Costs settle some seconds after the end: until then they read zero, and so do their parts.
  const cost = told === 0 ? undefined : told;
  const isSettled = told !== 0;
  const startedAt = instantOf(root['startedAt']);
  const endedAt = instantOf(root['endedAt']);
  const providerData = definedFields({
    durationSeconds: durationSecondsOf(root, startedAt, endedAt),
    costBreakdown: isSettled && isJsonObject(root['costBreakdown']) ? root['costBreakdown'] : undefined,
    successEvaluation: textOf(analysis['successEvaluation']),
    structuredData: analysis['structuredData'] ?? undefined,
    structuredDataMulti: analysis['structuredDataMulti'] ?? undefined,
    destination: addressOf(root['destination']),
    recordingUrl: firstLasting(
      objectOf(recording['mono'])['combinedUrl'],
      artifact['recordingUrl'],
      root['recordingUrl'],
    ),
    stereoRecordingUrl: firstLasting(
      recording['stereoUrl'],
      artifact['stereoRecordingUrl'],
      root['stereoRecordingUrl'],
    ),
  });
  const lastAssistant = assistantOf(listOf(artifact['assistantActivations']).at(-1));
  return {
    providerData,
    utterances: saidIn(root, startedAt),
    ...definedFields({
      endedReason: textOf(root['endedReason']),
      endedMessage: textOf(root['endedMessage']),
      startedAt,
      endedAt,
      summary: textOf(analysis['summary']) ?? textOf(root['summary']),
      cost,
      lastAssistant: Object.keys(lastAssistant).length > 0 ? lastAssistant : undefined,
    }),
  };
}

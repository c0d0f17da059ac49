/**
 * Decodes Vapi's call object, which the REST API returns and every webhook contains. Any field may be missing or null, and the
 * copy in a webhook may be stale.
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
import { EVENT_LIMITS, isWithinDataLimits, type ReportedUtterance } from '@sidetone/core';
import { hasGptLive } from './gpt-live.ts';
import { reportedUtterances } from './reported-transcript.ts';

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
  /** Whether its assistant is a GPT-Live assistant; undefined if the object does not show it. */
  readonly isGptLive?: true;
  /** Number or SIP address of the person. */
  readonly customer?: string;
  /** Number of the account. */
  readonly phoneNumber?: string;
  /** The monitor URLs as received, not validated; undefined if the call object has no monitor. */
  readonly monitor?: { readonly listenUrl?: string; readonly controlUrl?: string };
  /** The URL at which a call over the WebSocket transport is joined, as received, not validated. */
  readonly websocketCallUrl?: string;
  readonly report: VapiReport;
}

/** The result of an ended call: at the root of an end-of-call report, and in the call object. */
export interface VapiReport {
  readonly endedReason?: string;
  readonly endedMessage?: string;
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly summary?: string;
  /** USD. Absent until the cost is final: Vapi reports zero before. */
  readonly cost?: number;
  /** The transcript; empty if there is none. */
  readonly utterances: readonly ReportedUtterance[];
  /** The assistant that was active last, if reported. */
  readonly lastAssistant?: VapiAssistant;
  /** Vapi's own fields, for clients that know them. */
  readonly providerData: JsonObject;
}

/** Stands for data that exceeds the limit of events, and exceeds it too: the daemon omits it, and adds a notice. */
const OVERSIZED: JsonObject = { omitted: ' '.repeat(EVENT_LIMITS.data) };

/** Returns the number or SIP address of a `customer` or `phoneNumber` object. */
export function addressOf(value: unknown): string | undefined {
  const party = objectOf(value);
  return textOf(party['number']) ?? textOf(party['sipUri']);
}

/** Returns the id and name of an assistant object. */
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

/**
 * Decodes a call object; undefined if it has no id.
 * @param decode reads its result: {@link decodeOutcome} if the transcript is not needed
 */
export function decodeCall(value: unknown, decode = decodeReport): VapiCall | undefined {
  const call = objectOf(value);
  const id = textOf(call['id']);
  if (id === undefined) return undefined;
  const assistant = assistantOf(call['assistant']);
  return {
    id,
    assistant: { ...assistant, ...definedFields({ id: textOf(call['assistantId']) ?? assistant.id }) },
    report: decode(call),
    ...(hasGptLive(call) && { isGptLive: true as const }),
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

/** Returns a URL that is not presigned: a presigned URL is a credential, and expires. */
function permanentUrl(value: unknown): string | undefined {
  const text = textOf(value);
  return text !== undefined && URL.canParse(text) && new URL(text).search === '' ? text : undefined;
}

const firstPermanentUrl = (...values: readonly unknown[]): string | undefined =>
  values.map(permanentUrl).find((url) => url !== undefined);

function durationSecondsOf(root: JsonObject, startedAt?: number, endedAt?: number): number | undefined {
  // The span takes precedence: the unit of `durationSeconds` is not documented.
  const span = startedAt === undefined || endedAt === undefined ? undefined : (endedAt - startedAt) / 1000;
  return span !== undefined && span >= 0 ? span : numberOf(root['durationSeconds']);
}

/** Decodes the result of a call from a call object or an end-of-call report. The transcript is decoded when it is read. */
export function decodeReport(root: JsonObject): VapiReport {
  const outcome = decodeOutcome(root);
  const { startedAt, endedAt } = outcome;
  let utterances: readonly ReportedUtterance[] | undefined;
  return {
    ...outcome,
    get utterances() {
      return (utterances ??= reportedUtterances(root, { startedAt, endedAt }));
    },
  };
}

/** As {@link decodeReport}, without the transcript: every message contains a call object, but few of them are reports. */
export function decodeOutcome(root: JsonObject): VapiReport {
  const analysis = objectOf(root['analysis']);
  const artifact = objectOf(root['artifact']);
  const recording = objectOf(artifact['recording']);
  const cost = numberOf(root['cost']);
  // Costs are final some seconds after the end: until then they and their breakdown are zero.
  const isCostFinal = cost !== 0;
  const startedAt = instantOf(root['startedAt']);
  const endedAt = instantOf(root['endedAt']);
  const providerData = definedFields({
    durationSeconds: durationSecondsOf(root, startedAt, endedAt),
    costBreakdown: isCostFinal && isJsonObject(root['costBreakdown']) ? root['costBreakdown'] : undefined,
    successEvaluation: textOf(analysis['successEvaluation']),
    structuredData: analysis['structuredData'] ?? undefined,
    structuredDataMulti: analysis['structuredDataMulti'] ?? undefined,
    destination: addressOf(root['destination']),
    recordingUrl: firstPermanentUrl(
      objectOf(recording['mono'])['combinedUrl'],
      artifact['recordingUrl'],
      root['recordingUrl'],
    ),
    stereoRecordingUrl: firstPermanentUrl(
      recording['stereoUrl'],
      artifact['stereoRecordingUrl'],
      root['stereoRecordingUrl'],
    ),
  });
  const lastAssistant = assistantOf(listOf(artifact['assistantActivations']).at(-1));
  return {
    providerData: isWithinDataLimits(providerData) ? providerData : OVERSIZED,
    utterances: [],
    ...definedFields({
      endedReason: textOf(root['endedReason']),
      endedMessage: textOf(root['endedMessage']),
      startedAt,
      endedAt,
      summary: (textOf(analysis['summary']) ?? textOf(root['summary']))?.slice(0, EVENT_LIMITS.summary + 1),
      cost: isCostFinal ? cost : undefined,
      lastAssistant: Object.keys(lastAssistant).length > 0 ? lastAssistant : undefined,
    }),
  };
}

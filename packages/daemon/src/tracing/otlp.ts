/** Spans in the JSON of the OpenTelemetry protocol (OTLP), as collectors receive them at `/v1/traces`. */
import { SPAN_KINDS, type Attributes, type AttributeValue, type Span } from './span.ts';

const STATUS_UNSET = 0;
const STATUS_ERROR = 2;

/** @param resource the attributes of the process, such as `service.name` */
export function encodeSpans(
  resource: Attributes,
  scope: { name: string; version: string },
  spans: readonly Span[],
) {
  return {
    resourceSpans: [
      {
        resource: { attributes: encodeAttributes(resource), droppedAttributesCount: 0 },
        scopeSpans: [{ scope, spans: spans.map(encodeSpan) }],
      },
    ],
  };
}

function encodeSpan(span: Span) {
  const { traceId, spanId, parentId, name, kind, startedAt, endedAt = startedAt } = span;
  return {
    traceId,
    spanId,
    ...(parentId !== undefined && { parentSpanId: parentId }),
    name,
    kind: SPAN_KINDS[kind],
    startTimeUnixNano: nanoseconds(startedAt),
    endTimeUnixNano: nanoseconds(Math.max(startedAt, endedAt)),
    attributes: encodeAttributes(span.attributes),
    links: span.links.map((link) => ({ traceId: link.traceId, spanId: link.spanId, attributes: [] })),
    status: { code: span.isFailed ? STATUS_ERROR : STATUS_UNSET },
  };
}

const encodeAttributes = (attributes: Attributes) =>
  Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: encodeValue(value) }],
  );

function encodeValue(value: AttributeValue) {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isInteger(value) ? { intValue: value } : { doubleValue: value };
}

/** A number of nanoseconds since the epoch has more digits than a number can hold. */
const nanoseconds = (ms: number): string => `${Math.round(ms * 1000)}000`;

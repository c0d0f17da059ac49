/** A unit of work with its start and end, and its place in a trace, as OpenTelemetry and W3C Trace Context define them. */
import { randomBytes } from 'node:crypto';

/** The numbers are those of OTLP. */
export const SPAN_KINDS = { internal: 1, server: 2, client: 3 } as const;
export type SpanKind = keyof typeof SPAN_KINDS;

export type AttributeValue = string | number | boolean;
export type Attributes = Readonly<Record<string, AttributeValue | undefined>>;

/** What other spans need to refer to a span. */
export interface SpanContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
}

/** Times are epoch ms with fractions. */
export interface Span extends SpanContext {
  readonly parentId?: string;
  readonly name: string;
  readonly kind: SpanKind;
  readonly startedAt: number;
  endedAt: number | undefined;
  attributes: Attributes;
  /** Spans of other traces that belong to it. */
  links: readonly SpanContext[];
  /** Whether the work failed; `error.type` has the code. */
  isFailed: boolean;
}

export interface SpanStart {
  readonly name: string;
  readonly kind: SpanKind;
  readonly startedAt: number;
  readonly attributes: Attributes;
  /** Without it, the span begins a trace. */
  readonly parent?: SpanContext | undefined;
}

export function startSpan({ parent, ...start }: SpanStart): Span {
  return {
    ...start,
    traceId: parent?.traceId ?? randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    ...(parent && { parentId: parent.spanId }),
    endedAt: undefined,
    links: [],
    isFailed: false,
  };
}

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}(?:-|$)/;

/** Returns the caller's span from the header `traceparent`; undefined if there is none, or it is invalid. */
export function parentOf(traceparent: unknown): SpanContext | undefined {
  const [, traceId, spanId] = TRACEPARENT.exec(typeof traceparent === 'string' ? traceparent : '') ?? [];
  return traceId !== undefined && spanId !== undefined ? { traceId, spanId } : undefined;
}

/** Returns the header `traceparent` of requests that a span causes. */
export const traceparentOf = ({ traceId, spanId }: SpanContext): string => `00-${traceId}-${spanId}-01`;

/** Returns whether a trace is one of the exported ones: the same for all its spans. @param share from 0 to 1 */
export const isSampled = ({ traceId }: Pick<SpanContext, 'traceId'>, share: number): boolean =>
  parseInt(traceId.slice(-8), 16) < share * 2 ** 32;

/** The result of a webhook as attributes of its span. */
import type { Span } from './span.ts';

export function webhookResult(
  { attributes }: Pick<Span, 'attributes'>,
  { status, code }: { readonly status?: number; readonly code?: string },
): Pick<Span, 'attributes' | 'isFailed'> {
  // A rejected webhook is an error of its sender.
  const isFailed = status === undefined || status >= 500;
  return {
    isFailed,
    attributes: {
      ...attributes,
      'http.response.status_code': status,
      'error.type': code ?? (isFailed ? String(status) : undefined),
    },
  };
}

/** The result of an event, which is serialised at most once, whatever the number of its clients. */
import type { ExecutionResult, GraphQLError, GraphQLFormattedError } from 'graphql';
import { costOfResult } from '../guard/deliveries/delivery-cost.ts';
import { responseSizeError } from '../guard/response-size.ts';
import type { MaskError } from '../guard/errors.ts';

export class EventResult implements ExecutionResult {
  readonly data?: Exclude<ExecutionResult['data'], undefined>;
  readonly errors?: readonly GraphQLError[];
  /** Fields in the data that were computed. */
  readonly cost: number;
  #text: string | undefined;
  #bytes: Buffer | undefined;

  /** Yoga calls it instead of `JSON.stringify`. An own property, because Yoga copies results with errors. */
  readonly stringify = (): string => this.text;

  constructor({ data, errors }: ExecutionResult, mask: MaskError) {
    this.cost = costOfResult(data);
    const masked = errors?.map((error) => mask(error) as GraphQLError);
    const tooLarge = responseSizeError(masked);
    if (tooLarge) this.errors = [tooLarge];
    else {
      if (masked) this.errors = masked;
      if (data !== undefined) this.data = data;
    }
  }

  /** The result as JSON. */
  get text(): string {
    // An undefined value is left out.
    this.#text ??= JSON.stringify({ errors: this.errors?.map(withoutHttp), data: this.data });
    return this.#text;
  }

  /** The result as JSON in UTF-8. */
  get bytes(): Buffer {
    this.#bytes ??= Buffer.from(this.text);
    return this.#bytes;
  }
}

/** Removes the extension that concerns HTTP responses only. */
export function withoutHttp(error: GraphQLError): GraphQLFormattedError {
  const { extensions, ...rest } = error.toJSON();
  if (!extensions) return rest;
  const { http: _http, ...others } = extensions;
  return { ...rest, extensions: others };
}

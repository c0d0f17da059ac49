/** Limits of a query: length, depth, aliases and cost. They are the same for all transports. */
import { FaultError, type FaultCode } from '@sidetone/core';
import { GraphQLError, Lexer, Source, TokenKind } from 'graphql';
import { measure, type Measurable, type QuerySize } from './query-size.ts';

interface QueryBounds {
  readonly queryTokens: number;
  readonly queryDepth: number;
  readonly queryAliases: number;
  readonly queryCost: number;
  readonly introspection: boolean;
  /** The maximum number of nodes on a page. */
  readonly pageSize: number;
}

export interface QueryLimits {
  /** @throws {FaultError} LIMIT_QUERY_TOKENS or LIMIT_QUERY_DEPTH. */
  checkText(text: string): void;
  /** Checks a document that passed validation. @throws {FaultError} INTROSPECTION_DISABLED or LIMIT_QUERY_... */
  checkSize(query: Measurable): void;
  /** Removes suggestions of schema names from validation errors if introspection is disabled. */
  withoutSuggestions(errors: readonly GraphQLError[]): readonly GraphQLError[];
}

const SIZES = {
  depth: ['LIMIT_QUERY_DEPTH', 'queryDepth', 'levels of nested fields'],
  aliases: ['LIMIT_QUERY_ALIASES', 'queryAliases', 'aliases'],
  cost: ['LIMIT_QUERY_COST', 'queryCost', 'fields in its largest possible result'],
} as const satisfies Record<keyof QuerySize, readonly [FaultCode, keyof QueryBounds, string]>;

export function createQueryLimits(bounds: QueryBounds): QueryLimits {
  function check(size: QuerySize, key: keyof QuerySize): void {
    const [code, bound, what] = SIZES[key];
    if (size[key] > bounds[bound]) throw tooLarge(code, bound, bounds[bound], what);
  }
  return {
    checkText: (text) => checkTokens(text, bounds.queryTokens),
    checkSize(query) {
      // Introspection is expensive to measure, so aliases are counted first, which multiply it.
      const outline = measure(query, bounds.pageSize, 0);
      if (!outline) return;
      if (outline.introspects && !bounds.introspection) {
        throw new FaultError('INTROSPECTION_DISABLED', 'introspection is disabled by limits.introspection');
      }
      check(outline, 'aliases');
      const size = outline.introspects ? measure(query, bounds.pageSize, bounds.queryCost)! : outline;
      check(size, 'depth');
      check(size, 'cost');
    },
    withoutSuggestions: (errors) => (bounds.introspection ? errors : errors.map(withoutSuggestion)),
  };
}

function tooLarge(code: FaultCode, bound: string, maximum: number, what: string): FaultError {
  return new FaultError(code, `query exceeds limits.${bound} (${maximum} ${what})`, {
    details: { limit: `limits.${bound}`, maximum },
  });
}

/** The maximum depth of nested brackets, because the parser recurses for each. Deeper than any possible result. */
const MAX_NESTING = 500;

const NESTING: Readonly<Partial<Record<TokenKind, number>>> = {
  [TokenKind.BRACE_L]: 1,
  [TokenKind.BRACKET_L]: 1,
  [TokenKind.PAREN_L]: 1,
  [TokenKind.BRACE_R]: -1,
  [TokenKind.BRACKET_R]: -1,
  [TokenKind.PAREN_R]: -1,
};

/** Stops reading at the first limit. @throws {FaultError} LIMIT_QUERY_TOKENS or LIMIT_QUERY_DEPTH. */
function checkTokens(text: string, maximum: number): void {
  const lexer = new Lexer(new Source(text));
  let nesting = 0;
  for (let count = 0; ; count++) {
    const kind = nextKind(lexer);
    if (kind === TokenKind.EOF) return;
    if (count === maximum) throw tooLarge('LIMIT_QUERY_TOKENS', 'queryTokens', maximum, 'tokens');
    nesting += NESTING[kind] ?? 0;
    if (nesting > MAX_NESTING) {
      throw new FaultError('LIMIT_QUERY_DEPTH', `query has more than ${MAX_NESTING} nested brackets`);
    }
  }
}

/** Returns the kind of the next token. An invalid token counts as the end, because the parser stops there too. */
function nextKind(lexer: Lexer): TokenKind {
  try {
    return lexer.advance().kind;
  } catch {
    return TokenKind.EOF;
  }
}

/** Validation errors of graphql-js can end with "Did you mean ...?" and names of the schema. */
function withoutSuggestion(error: GraphQLError): GraphQLError {
  const message = error.message.replace(/ Did you mean .*$/s, '');
  if (message === error.message) return error;
  const { nodes, source, positions, path, extensions } = error;
  return new GraphQLError(message, {
    extensions,
    nodes: nodes ?? null,
    source: source ?? null,
    positions: positions ?? null,
    path: path ?? null,
  });
}

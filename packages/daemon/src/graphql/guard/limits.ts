/** What a query may be: how long, how deep, how costly. The same over every transport. */
import { FaultError, type FaultCode } from '@sidetone/core';
import { GraphQLError, Lexer, Source, TokenKind } from 'graphql';
import { measure, type Measurable, type QuerySize } from './query-size.ts';

export interface QueryBounds {
  readonly queryTokens: number;
  readonly queryDepth: number;
  readonly queryAliases: number;
  readonly queryCost: number;
  readonly introspection: boolean;
  /** Most nodes on a page. */
  readonly pageSize: number;
}

export interface QueryLimits {
  /** @throws {FaultError} LIMIT_QUERY_TOKENS or LIMIT_QUERY_DEPTH. */
  checkText(text: string): void;
  /** Of a document that is valid. @throws {FaultError} INTROSPECTION_DISABLED or LIMIT_QUERY_... */
  checkSize(query: Measurable): void;
  /** What a client is told of its mistakes: no names of the schema, where nobody may ask for them. */
  tellable(errors: readonly GraphQLError[]): readonly GraphQLError[];
}

const SIZES = {
  depth: ['LIMIT_QUERY_DEPTH', 'queryDepth', 'fields nested in one another'],
  aliases: ['LIMIT_QUERY_ALIASES', 'queryAliases', 'fields under another name'],
  cost: ['LIMIT_QUERY_COST', 'queryCost', 'fields in its largest answer'],
} as const satisfies Record<keyof QuerySize, readonly [FaultCode, keyof QueryBounds, string]>;

export function createQueryLimits(bounds: QueryBounds): QueryLimits {
  return {
    checkText: (text) => checkTokens(text, bounds.queryTokens),
    checkSize(query) {
      const size = measure(query, bounds.pageSize);
      if (!size) return;
      if (size.introspects && !bounds.introspection) {
        throw new FaultError(
          'INTROSPECTION_DISABLED',
          'the schema cannot be asked for (limits.introspection)',
        );
      }
      for (const key of Object.keys(SIZES) as (keyof QuerySize)[]) {
        const [code, bound, what] = SIZES[key];
        if (size[key] > bounds[bound]) throw tooLarge(code, bound, bounds[bound], what);
      }
    },
    tellable: (errors) => (bounds.introspection ? errors : errors.map(withoutNames)),
  };
}

function tooLarge(code: FaultCode, bound: string, maximum: number, what: string): FaultError {
  return new FaultError(code, `the query has more than ${maximum} ${what} (limits.${bound})`, {
    details: { limit: `limits.${bound}`, maximum },
  });
}

/** Most brackets within one another: the parser calls itself for each. More than any answer is deep. */
export const MAX_NESTING = 500;

const NESTING: Readonly<Partial<Record<TokenKind, number>>> = {
  [TokenKind.BRACE_L]: 1,
  [TokenKind.BRACKET_L]: 1,
  [TokenKind.PAREN_L]: 1,
  [TokenKind.BRACE_R]: -1,
  [TokenKind.BRACKET_R]: -1,
  [TokenKind.PAREN_R]: -1,
};

/** Reads a text no further than it has to. @throws {FaultError} LIMIT_QUERY_TOKENS or LIMIT_QUERY_DEPTH. */
function checkTokens(text: string, maximum: number): void {
  const lexer = new Lexer(new Source(text));
  let nesting = 0;
  for (let count = 0; ; count++) {
    const kind = kindOfNext(lexer);
    if (kind === TokenKind.EOF) return;
    if (count === maximum) throw tooLarge('LIMIT_QUERY_TOKENS', 'queryTokens', maximum, 'tokens');
    nesting += NESTING[kind] ?? 0;
    if (nesting > MAX_NESTING) {
      throw new FaultError(
        'LIMIT_QUERY_DEPTH',
        `the query has more than ${MAX_NESTING} brackets in one another`,
      );
    }
  }
}

/** What is no token is for the parser to tell: it reads no further either. */
function kindOfNext(lexer: Lexer): TokenKind {
  try {
    return lexer.advance().kind;
  } catch {
    return TokenKind.EOF;
  }
}

/** The language's own errors say "Did you mean ...?", with names of the schema. */
function withoutNames(error: GraphQLError): GraphQLError {
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

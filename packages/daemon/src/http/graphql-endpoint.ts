/** `/graphql`: GraphQL over HTTP, SSE and graphql-transport-ws, and GraphiQL for browsers. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { FaultError, isFault, messageOf, type Logger } from '@sidetone/core';
import {
  getOperationAST,
  type execute,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLError,
  type GraphQLSchema,
} from 'graphql';
import { createYoga, type Plugin, type YogaServerInstance } from 'graphql-yoga';
import type { Viewer } from '../access/viewer.ts';
import type { Context } from '../graphql/context.ts';
import type { FanOut } from '../graphql/fanout/fan-out.ts';
import type { ClientSlots } from '../graphql/guard/client-slots.ts';
import { asGraphqlError, createMask, type ErrorCounts } from '../graphql/guard/errors.ts';
import { responseSizeError } from '../graphql/guard/response-size.ts';
import { beginWork } from '../loop/current-work.ts';
import type { QueryLimits } from '../graphql/guard/limits.ts';
import { isJson } from './limits/body.ts';
import type { Connections } from './limits/connections.ts';
import type { PendingClients } from './limits/pending-clients.ts';
import type { Gate } from './gate.ts';
import { isForGraphiql, type Graphiql } from './graphiql.ts';
import { createGraphqlSockets, type GraphqlSockets, type GraphqlSocketsDeps } from './graphql-sockets.ts';
import { sendGraphqlFailure } from './reply.ts';
import type { Rejections } from './rejections.ts';
import type { RequestBodies } from './limits/request-bodies.ts';

export interface GraphqlEndpoint extends Pick<GraphqlSockets, 'upgrade' | 'disconnectAll'> {
  request(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Handles queries, so that the code of all steps is compiled before the first client waits for it. */
  warmUp(): Promise<void>;
  /** Closes all sockets and ends all subscriptions. */
  close(): Promise<void>;
}

interface GraphqlEndpointDeps {
  readonly schema: GraphQLSchema;
  readonly gate: Gate;
  readonly graphiql: Pick<Graphiql, 'sendPage'>;
  readonly limits: QueryLimits;
  /** Counts the errors of operations. */
  readonly errors?: ErrorCounts;
  readonly fanOut: Pick<FanOut, 'subscribe'>;
  readonly connections: ClientSlots;
  readonly pending: PendingClients;
  readonly outputs: Pick<Connections, 'assign'>;
  readonly log: Logger;
  readonly newId: () => string;
  readonly requestBytes: number;
  readonly bodies: RequestBodies;
  readonly rejections: Pick<Rejections, 'report' | 'warn'>;
  readonly socketMessageBytes: number;
  readonly connectionInitMs: number;
  readonly subscriptionsPerClient: number;
}

/** The part of the name of an operation that is logged, characters. */
const MAX_NAME_LENGTH = 64;

const WARM_UP_URL = 'http://localhost/graphql';
/** A query that is executed, and a large one that is rejected: the checks of its size must not be slow the first time. */
const WARM_UP_QUERIES = [
  '{ ...Q } fragment Q on Query { schema: __schema { types { name } } }',
  `{ __schema { ${Array.from({ length: 200 }, (_, i) => `a${i}: types { name }`).join(' ')} } }`,
];
const warmUpRequest = (query: string): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ query }),
});
const NO_VIEWER: Viewer = { name: 'warm-up', scopes: new Set() };

type Subscribe = (
  args: ExecutionArgs,
) => ReturnType<FanOut['subscribe']> | NonNullable<ReturnType<typeof rejectionOf>>;

type Yoga = YogaServerInstance<Context, object>;

export function createGraphqlEndpoint(deps: GraphqlEndpointDeps): GraphqlEndpoint {
  const { schema, gate, fanOut, log } = deps;
  const mask = createMask(log, deps.newId, deps.errors);
  const subscribe: Subscribe = (args) => rejectionOf(deps, args) ?? fanOut.subscribe(args);
  const yoga = createYoga<Context>({
    schema,
    graphqlEndpoint: '/graphql',
    landingPage: false,
    cors: false,
    batching: false,
    multipart: false,
    logging: false,
    maxRequestBodySize: false,
    maskedErrors: { maskError: mask },
    plugins: [limitQueries(deps, subscribe), { onResponse: ({ response }) => markStream(response.headers) }],
    graphiql: false,
  });
  const sockets = createGraphqlSockets({
    ...deps,
    mask,
    execute: (args) => (args as YogaArguments).rootValue.execute(args),
    subscribe,
    prepare: prepareWith(yoga, schema),
  });

  /** Handles one request. @throws {FaultError} if it is not a GraphQL request, or the sender may not send it. */
  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (isForGraphiql(request)) {
      gate.checkSender(request);
      return deps.graphiql.sendPage(request, response, gate.isOpen);
    }
    const viewer = gate.viewer(request);
    const context = { viewer, client: gate.clientOf(request, viewer) };
    deps.outputs.assign(request, context.client);
    if (request.method !== 'POST') {
      await yoga(request, response, context);
      return;
    }
    if (!isJson(request)) {
      const fault = new FaultError('INPUT_INVALID', 'expected the Content-Type application/json');
      return sendGraphqlFailure(request, response, fault, 415);
    }
    const body = await deps.bodies.read(request, response, {
      limit: deps.requestBytes,
      limitName: 'limits.requestBytes',
    });
    // Yoga reads `request.body` if a framework has parsed the body already.
    const withBody = Object.assign(request, { body: Readable.from([Buffer.from(body)]) });
    await yoga(withBody, response, context);
  }

  return {
    upgrade: sockets.upgrade,
    disconnectAll: sockets.disconnectAll,
    async request(request, response) {
      try {
        await handle(request, response);
      } catch (error) {
        sendError(request, response, deps.rejections.report(request, 'GRAPHQL', error), log);
      }
    },
    async warmUp() {
      for (const query of WARM_UP_QUERIES)
        await yoga.fetch(WARM_UP_URL, warmUpRequest(query), { viewer: NO_VIEWER, client: NO_VIEWER.name });
      deps.errors?.clear();
    },
    async close() {
      sockets.close();
      await yoga.dispose();
    },
  };
}

/** Parses and validates the operations of sockets with Yoga's plugins. */
function prepareWith(yoga: Yoga, schema: GraphQLSchema): GraphqlSocketsDeps['prepare'] {
  return async (extra, { operationName, query, variables }) => {
    const { execute, contextFactory, parse, validate } = yoga.getEnveloped({
      ...extra,
      req: extra.request,
      params: { operationName, query, variables },
    });
    const args = {
      schema,
      operationName,
      document: parse(query),
      variableValues: variables,
      contextValue: await contextFactory(),
      rootValue: { execute },
    };
    const errors = validate(args.schema, args.document) as GraphQLError[];
    return errors.length > 0 ? errors : args;
  };
}

/** Tells proxies to send the events of a stream at once: nginx buffers responses, and others compress them in blocks. */
function markStream(headers: Pick<Headers, 'get' | 'set'>): void {
  if (!/^text\/event-stream\b/i.test(headers.get('content-type') ?? '')) return;
  headers.set('x-accel-buffering', 'no');
  headers.set('cache-control', 'no-cache, no-transform');
}

function asRequestError(error: unknown): GraphQLError {
  if (!isFault(error)) throw error;
  const graphqlError = asGraphqlError(error);
  Object.assign(graphqlError.extensions, { http: { status: 400, spec: true } });
  return graphqlError;
}

type LimitDeps = Pick<GraphqlEndpointDeps, 'limits' | 'errors'>;

/** Returns the result of an operation that exceeds a limit; undefined if it does not. */
function rejectionOf(
  { limits, errors }: LimitDeps,
  args: ExecutionArgs,
): { errors: GraphQLError[] } | undefined {
  try {
    limits.checkSize(args);
    return undefined;
  } catch (error) {
    if (isFault(error)) errors?.add(1, error.code);
    return { errors: [asRequestError(error)] };
  }
}

/** Applies the query limits to all transports, because all of them execute operations with Yoga's plugins. */
function limitQueries(deps: LimitDeps, subscribe: Subscribe): Plugin<Context> {
  const { limits, errors } = deps;
  /** Discards the data of a result that is too large. */
  const checkResult = ({ result, setResult }: ResultHook): void => {
    const error = 'errors' in result ? responseSizeError(result.errors) : undefined;
    if (error) setResult({ errors: [error] });
  };
  return {
    onParse({ parseFn, setParseFn }) {
      setParseFn((source: string, options) => {
        beginWork('parse query');
        try {
          limits.checkText(source);
        } catch (error) {
          throw asRequestError(error);
        }
        return parseFn(source, options) as unknown;
      });
    },
    onValidate:
      () =>
      ({ result, setResult }) => {
        if (result.length > 0) errors?.add(1, 'GRAPHQL_INVALID');
        setResult(limits.withoutSuggestions(result as readonly GraphQLError[]) as GraphQLError[]);
      },
    onExecute(hook) {
      beginWork(`query ${nameOf(hook.args)}`);
      const rejection = rejectionOf(deps, hook.args);
      if (rejection) hook.setResultAndStopExecution(rejection);
      return { onExecuteDone: checkResult };
    },
    onSubscribe: ({ setSubscribeFn }) => setSubscribeFn(subscribe),
  };
}

/** Returns the name of an operation, which its client chooses. */
function nameOf({ document, operationName }: ExecutionArgs): string {
  const name = getOperationAST(document, operationName)?.name?.value;
  return name?.slice(0, MAX_NAME_LENGTH) ?? 'without a name';
}

function sendError(request: IncomingMessage, response: ServerResponse, error: unknown, log: Logger): void {
  if (!isFault(error) && request.complete) log.error('request failed with an unexpected error', { error });
  else if (!isFault(error)) log.info('request aborted by the client', { reason: messageOf(error) });
  if (response.headersSent || !isFault(error)) return void response.destroy();
  if (!request.complete) response.setHeader('connection', 'close');
  sendGraphqlFailure(request, response, error);
  request.resume();
}

interface ResultHook {
  readonly result: ExecutionResult | AsyncIterable<unknown>;
  readonly setResult: (result: ExecutionResult) => void;
}

/** Execution arguments that carry Yoga's functions through graphql-ws. */
interface YogaArguments extends ExecutionArgs {
  readonly rootValue: {
    readonly execute: (args: ExecutionArgs) => ReturnType<typeof execute>;
  };
}

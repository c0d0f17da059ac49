/** GraphQL over HTTP, SSE and graphql-transport-ws, and GraphiQL for a browser: all at `/graphql`. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { FaultError, isFault, messageOf, type Logger } from '@sidetone/core';
import type { execute, ExecutionArgs, GraphQLError, GraphQLSchema, subscribe } from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import type { ClientSlots } from '../graphql/guard/client-slots.ts';
import type { Context } from '../graphql/context.ts';
import { asGraphqlError, createMask } from '../graphql/guard/errors.ts';
import type { QueryLimits } from '../graphql/guard/limits.ts';
import { isJson, readBody } from './body.ts';
import { clientOf } from './client.ts';
import type { Gate } from './gate.ts';
import { isForGraphiql, sendGraphiql } from './graphiql.ts';
import { createGraphqlSockets, type GraphqlSockets } from './graphql-sockets.ts';
import { sendGraphqlFailure } from './reply.ts';

export interface GraphqlEndpoint extends Pick<GraphqlSockets, 'upgrade'> {
  request(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Tells every client that we go away, and ends their subscriptions. */
  close(): Promise<void>;
}

export interface GraphqlEndpointDeps {
  readonly schema: GraphQLSchema;
  readonly gate: Gate;
  readonly limits: QueryLimits;
  readonly connections: ClientSlots;
  readonly log: Logger;
  readonly newId: () => string;
  readonly requestBytes: number;
  readonly socketMessageBytes: number;
  readonly connectionInitMs: number;
  readonly subscriptionsPerClient: number;
}

export function createGraphqlEndpoint(deps: GraphqlEndpointDeps): GraphqlEndpoint {
  const { schema, gate, limits, log } = deps;
  const mask = createMask(log, deps.newId);
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
    plugins: [limitQueries(limits)],
    graphiql: false,
  });

  const sockets = createGraphqlSockets({
    ...deps,
    mask,
    execute: (args) => (args as YogaArguments).rootValue.execute(args),
    subscribe: (args) => (args as YogaArguments).rootValue.subscribe(args),
    async prepare(extra, { operationName, query, variables }) {
      const { execute, subscribe, contextFactory, parse, validate } = yoga.getEnveloped({
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
        rootValue: { execute, subscribe },
      };
      const errors = validate(args.schema, args.document) as GraphQLError[];
      return errors.length > 0 ? errors : args;
    },
  });

  /** Reads and answers one request. @throws {FaultError} when it is not one for GraphQL, or not from somebody who may. */
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (isForGraphiql(request)) {
      gate.checkSender(request);
      return sendGraphiql(response, gate.isOpen);
    }
    const viewer = gate.viewer(request);
    const context = { viewer, client: clientOf(request, viewer) };
    if (request.method !== 'POST') {
      await yoga(request, response, context);
      return;
    }
    if (!isJson(request)) {
      const message = 'the Content-Type of a request is application/json';
      return sendGraphqlFailure(request, response, new FaultError('INPUT_INVALID', message), 415);
    }
    const body = await readBody(request, deps.requestBytes, 'limits.requestBytes');
    // A body that was read already, in the place where HTTP frameworks put it.
    const whole = Object.assign(request, { body: Readable.from([Buffer.from(body)]) });
    await yoga(whole, response, context);
  }

  return {
    upgrade: sockets.upgrade,
    async request(request, response) {
      try {
        await answer(request, response);
      } catch (error) {
        refuseRequest(request, response, error, log);
      }
    },
    async close() {
      sockets.close();
      await yoga.dispose();
    },
  };
}

/** The same bounds for whatever comes through Yoga, which is everything. */
function limitQueries(limits: QueryLimits): Plugin<Context> {
  const asRefusal = (error: unknown): GraphQLError => {
    if (!isFault(error)) throw error;
    const refusal = asGraphqlError(error);
    Object.assign(refusal.extensions, { http: { status: 400, spec: true } });
    return refusal;
  };
  const checkSize: OnExecute = ({ args, setResultAndStopExecution }) => {
    try {
      limits.checkSize(args);
    } catch (error) {
      setResultAndStopExecution({ errors: [asRefusal(error)] });
    }
  };
  return {
    onParse({ parseFn, setParseFn }) {
      setParseFn((source: string, options) => {
        try {
          limits.checkText(source);
        } catch (error) {
          throw asRefusal(error);
        }
        return parseFn(source, options) as unknown;
      });
    },
    onValidate:
      () =>
      ({ result, setResult }) =>
        setResult(limits.withoutSuggestions(result as readonly GraphQLError[]) as GraphQLError[]),
    onExecute: checkSize,
    onSubscribe: checkSize,
  };
}

function refuseRequest(
  request: IncomingMessage,
  response: ServerResponse,
  error: unknown,
  log: Logger,
): void {
  if (isFault(error)) log.info('a request was refused', { code: error.code });
  else if (request.complete) log.error('a request failed by a mistake of ours', { error });
  else log.info('a request broke off', { reason: messageOf(error) });
  if (response.headersSent || !isFault(error)) return void response.destroy();
  if (!request.complete) response.setHeader('connection', 'close');
  sendGraphqlFailure(request, response, error);
  request.resume();
}

type OnExecute = NonNullable<Plugin<Context>['onExecute']> & NonNullable<Plugin<Context>['onSubscribe']>;

/** What Yoga puts through graphql-ws: its own execution, with its plugins. */
interface YogaArguments extends ExecutionArgs {
  readonly rootValue: {
    readonly execute: (args: ExecutionArgs) => ReturnType<typeof execute>;
    readonly subscribe: (args: ExecutionArgs) => ReturnType<typeof subscribe>;
  };
}

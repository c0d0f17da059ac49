/** The HTTP server. */
import { basePathOf } from '../access/base-path.ts';
import { createDashboard } from '../http/dashboard.ts';
import { createGraphiql } from '../http/graphiql.ts';
import { createMetricsEndpoint } from '../http/health/metrics-endpoint.ts';
import { createReadinessEndpoint } from '../http/health/readiness-endpoint.ts';
import { createHttpServer } from '../http/server.ts';
import * as tokens from '../tokens.ts';
import {
  controlEndpoint,
  exportEndpoint,
  graphqlEndpoint,
  ingressEndpoint,
  listenEndpoint,
  recordingEndpoint,
} from './endpoints.ts';
import type { Environment, Register } from './registration.ts';

export function registerHttp(register: Register, environment: Environment): void {
  const { server } = environment.config;
  const graphiql = createGraphiql();
  register(tokens.HTTP_SERVER, (get) =>
    createHttpServer({
      gate: get(tokens.GATE),
      dashboard: createDashboard(),
      graphiql,
      graphql: graphqlEndpoint(get, environment, graphiql),
      control: controlEndpoint(get, environment),
      ingress: ingressEndpoint(get, environment),
      listen: listenEndpoint(get, environment),
      recording: recordingEndpoint(get, environment),
      exports: exportEndpoint(get, environment),
      readiness: createReadinessEndpoint({
        readiness: get(tokens.READINESS),
        gate: get(tokens.GATE),
        rejections: get(tokens.REJECTIONS),
      }),
      metrics: createMetricsEndpoint({
        metrics: get(tokens.METRICS),
        gate: get(tokens.GATE),
        rejections: get(tokens.REJECTIONS),
      }),
      tracing: environment.tracing,
      connections: get(tokens.CONNECTIONS),
      rejections: get(tokens.REJECTIONS),
      keepAliveMs: server.keepAliveSeconds * 1000,
      basePath: basePathOf(server.publicUrl),
      log: environment.log('http'),
    }),
  );
}

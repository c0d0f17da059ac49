/** Serves `/metrics` at another address without an access token, for a Prometheus behind the same firewall. */
import { createServer } from 'node:http';
import type { Metrics } from '../../metrics/registry.ts';
import { listen } from '../listening-port.ts';
import { sendText } from '../reply.ts';
import { setSecurityHeaders } from '../security-headers.ts';
import { METRICS_PATH, sendMetrics } from './metrics-endpoint.ts';

/** Most connections to this address. Prometheus needs one. */
export const MAX_METRICS_CONNECTIONS = 20;
/** The time for a whole request, ms. */
const REQUEST_TIMEOUT_MS = 10_000;

export interface MetricsServer {
  /** Returns the URL of the server. @throws {FaultError} PORT_IN_USE, PORT_FORBIDDEN or CONFIG_INVALID. */
  listen(host: string, port: number): Promise<URL>;
  close(): Promise<void>;
}

export function createMetricsServer(metrics: Metrics): MetricsServer {
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: REQUEST_TIMEOUT_MS });
  server.maxConnections = MAX_METRICS_CONNECTIONS;
  server.on('request', (request, response) => {
    setSecurityHeaders(response);
    const [path] = (request.url ?? '').split('?');
    if (path !== METRICS_PATH || (request.method !== 'GET' && request.method !== 'HEAD'))
      return sendText(response, 404, `not found; this address serves ${METRICS_PATH} only`);
    void sendMetrics(metrics, request, response);
  });
  return {
    listen: (host, port) => listen(server, host, port, 'metrics'),
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

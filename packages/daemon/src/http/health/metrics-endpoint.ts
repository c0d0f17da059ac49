/** `/metrics`: what the daemon counts, in the formats of Prometheus, to viewers with READ. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { requireScope } from '../../access/scopes.ts';
import type { Metrics } from '../../metrics/registry.ts';
import type { Gate } from '../gate.ts';
import type { Rejections } from '../rejections.ts';
import { sendFailure } from '../reply.ts';

export const METRICS_PATH = '/metrics';

interface MetricsEndpointDeps {
  readonly metrics: Metrics;
  readonly gate: Pick<Gate, 'viewer'>;
  readonly rejections: Pick<Rejections, 'report'>;
}

export interface MetricsEndpoint {
  /** Never rejects. */
  request(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

export const createMetricsEndpoint = ({
  metrics,
  gate,
  rejections,
}: MetricsEndpointDeps): MetricsEndpoint => ({
  async request(request, response) {
    try {
      requireScope(gate.viewer(request), 'READ', METRICS_PATH);
    } catch (error) {
      return sendFailure(response, rejections.report(request, 'GRAPHQL', error));
    }
    await sendMetrics(metrics, request, response);
  },
});

/** Never rejects. */
export async function sendMetrics(
  metrics: Metrics,
  { headers }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const { contentType, text } = await metrics.read(headers.accept);
    response.writeHead(200, { 'content-type': contentType, 'cache-control': 'no-store' }).end(text);
  } catch (error) {
    sendFailure(response, error);
  }
}

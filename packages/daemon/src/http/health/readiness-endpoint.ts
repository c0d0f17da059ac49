/** `/readyz`: whether the daemon can do its work. `?verbose` returns the state of its parts as JSON, to viewers with READ. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { requireScope } from '../../access/scopes.ts';
import type { Readiness } from '../../operator/readiness.ts';
import type { Gate } from '../gate.ts';
import type { Rejections } from '../rejections.ts';
import { sendFailure, sendJson, sendText } from '../reply.ts';

interface ReadinessEndpointDeps {
  readonly readiness: Readiness;
  readonly gate: Pick<Gate, 'viewer'>;
  readonly rejections: Pick<Rejections, 'report'>;
}

export interface ReadinessEndpoint {
  request(request: IncomingMessage, response: ServerResponse, url: URL): void;
}

export const createReadinessEndpoint = ({
  readiness,
  gate,
  rejections,
}: ReadinessEndpointDeps): ReadinessEndpoint => ({
  request(request, response, url) {
    const { problem } = readiness;
    const status = problem === undefined ? 200 : 503;
    if (!url.searchParams.has('verbose'))
      return sendText(response, status, problem === undefined ? 'ready' : `not ready: ${problem}`);
    try {
      requireScope(gate.viewer(request), 'READ', '/readyz?verbose');
    } catch (error) {
      return sendFailure(response, rejections.report(request, 'GRAPHQL', error));
    }
    sendJson(response, status, readiness.report());
  },
});

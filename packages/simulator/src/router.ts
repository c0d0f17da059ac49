import { handleControlRequest } from './control/control-api.ts';
import type { DeepgramCloud } from './deepgram/cloud.ts';
import { pathOf } from './http/http-request.ts';
import type { HttpHandlers } from './http/http-server.ts';
import type { Simulator } from './simulator-contract.ts';
import type { VapiCloud } from './vapi/cloud.ts';
import type { VobizCloud } from './vobiz/cloud.ts';

/** The base path of each cloud and of the control API. */
export const BASE_PATHS = {
  vapi: '/vapi',
  vobiz: '/vobiz/api/v1',
  deepgram: '/deepgram',
  control: '/simulator',
} as const;

/** The path of a Vapi call's own URLs, which have no base path. */
const VAPI_CALL_PATH = /^\/([0-9a-f-]{36})\/(control|listen|transport)$/;

/** The receivers of requests. */
interface RouterDeps {
  readonly vapi: VapiCloud;
  readonly vobiz: VobizCloud;
  readonly deepgram: DeepgramCloud;
  readonly simulator: Simulator;
}

/** Routes requests and upgrades to the clouds and the control API by their path. */
export function createRouter({ vapi, vobiz, deepgram, simulator }: RouterDeps): HttpHandlers {
  return {
    request(request) {
      const { path, method } = request;
      const below = (base: string): string | undefined =>
        path.startsWith(`${base}/`) ? path.slice(base.length) : undefined;
      const vapiPath = below(BASE_PATHS.vapi);
      if (vapiPath !== undefined) return vapi.rest(request, vapiPath);
      const vobizPath = below(BASE_PATHS.vobiz);
      if (vobizPath !== undefined) return vobiz.rest(request, vobizPath);
      const deepgramPath = below(BASE_PATHS.deepgram);
      if (deepgramPath !== undefined) return deepgram.rest(request, deepgramPath);
      const controlPath = below(BASE_PATHS.control);
      if (controlPath !== undefined) return handleControlRequest(request, controlPath, simulator);
      const [, callId, purpose] = VAPI_CALL_PATH.exec(path) ?? [];
      if (callId !== undefined && purpose === 'control' && method === 'POST')
        return vapi.control(callId, request);
      return { status: 404, body: { message: 'Not Found' } };
    },
    upgrade(message, socket, head) {
      const path = pathOf(message);
      const [, callId, purpose] = VAPI_CALL_PATH.exec(path) ?? [];
      if (path.startsWith(`${BASE_PATHS.deepgram}/`))
        deepgram.upgrade(message, path.slice(BASE_PATHS.deepgram.length), socket, head);
      else if (callId !== undefined && (purpose === 'listen' || purpose === 'transport'))
        vapi.upgrade(purpose, callId, message, socket, head);
      else socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    },
  };
}

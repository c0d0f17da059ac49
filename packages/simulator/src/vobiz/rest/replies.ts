import { randomUUID } from 'node:crypto';
import { jsonObject } from '../../http/http-request.ts';
import type { HttpReply, HttpRequest } from '../../http/http-request.ts';
import type { VobizBehaviour } from '../behaviour.ts';
import type { VobizCall } from '../call/call-contract.ts';
import type { Rooms } from '../line/conference.ts';
import type { Application } from '../webhook/webhooks.ts';

/** The account and its key. */
export interface Account {
  readonly authId: string;
  readonly authToken: string;
}

/** A call to place. */
export interface CallRequest {
  readonly from: string;
  readonly to: string;
  readonly timeLimitS: number;
  readonly application: Application;
}

/** The cloud on which REST acts. */
export interface RestCloud {
  readonly account: Account;
  readonly calls: readonly VobizCall[];
  readonly rooms: Rooms;
  behaviour(): VobizBehaviour;
  /** The application of the account's numbers. */
  application(): Application;
  place(request: CallRequest): VobizCall;
}

/** One route. `parts` are the capture groups of its path. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: RegExp;
  answer(request: HttpRequest, cloud: RestCloud, parts: readonly string[]): HttpReply;
}

/** The path of a call. */
export const CALL = '/Call/([0-9a-f-]+)/';

/** Returns the fields of a body; none if it is not a JSON object. */
export function fieldsOf({ body }: HttpRequest): Readonly<Record<string, unknown>> {
  return jsonObject(body) ?? {};
}

/** Returns a response with a new API id. */
export function success(status: number, fields: Readonly<Record<string, unknown>>): HttpReply {
  return { status, body: { api_id: randomUUID(), ...fields } };
}

/** Returns an error response. */
export function failure(status: number, error: string): HttpReply {
  return success(status, { error });
}

/** The gateway's response to a path that does not exist. */
export const NO_ROUTE: HttpReply = { status: 404, body: { message: 'Not Found' } };

/** The response of a successful request without a body. */
export const NO_CONTENT: HttpReply = { status: 204 };

/** Acts on a live call; 404 if there is none. With `callGone`, the caller hangs up just before. */
export function onLiveCall(
  { calls }: RestCloud,
  uuid: string | undefined,
  act: (call: VobizCall) => HttpReply,
): HttpReply {
  const call = calls.find(({ id, record }) => id === uuid && record.endedAt === undefined);
  if (call?.behaviour.callGone === true) call.hangUp();
  if (call === undefined || call.behaviour.callGone) return failure(404, 'call not found');
  return act(call);
}

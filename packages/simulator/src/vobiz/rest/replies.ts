import { randomUUID } from 'node:crypto';
import { jsonObject } from '../../http/http-request.ts';
import type { HttpReply, HttpRequest } from '../../http/http-request.ts';
import type { VobizBehaviour } from '../behaviour.ts';
import type { VobizCall } from '../call/call-contract.ts';
import type { Rooms } from '../line/conference.ts';
import type { Application } from '../webhook/webhooks.ts';

/** The account whose keys are asked for. */
export interface Account {
  readonly authId: string;
  readonly authToken: string;
}

/** A call that REST places. */
export interface CallRequest {
  readonly from: string;
  readonly to: string;
  readonly timeLimitS: number;
  readonly application: Application;
}

/** What the REST API acts on: the cloud. */
export interface RestCloud {
  readonly account: Account;
  readonly calls: readonly VobizCall[];
  readonly rooms: Rooms;
  behaviour(): VobizBehaviour;
  place(request: CallRequest): VobizCall;
}

/** One operation. `parts` are the groups of its path. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: RegExp;
  answer(request: HttpRequest, cloud: RestCloud, parts: readonly string[]): HttpReply;
}

/** The path of a call. */
export const CALL = '/Call/([0-9a-f-]+)/';

/** The fields of a body; none for one that is no JSON object. */
export function fieldsOf({ body }: HttpRequest): Readonly<Record<string, unknown>> {
  return jsonObject(body) ?? {};
}

/** An answer with an id of its own. */
export function success(status: number, fields: Readonly<Record<string, unknown>>): HttpReply {
  return { status, body: { api_id: randomUUID(), ...fields } };
}

/** A refusal with a sentence. */
export function failure(status: number, error: string): HttpReply {
  return success(status, { error });
}

/** Done, and nothing to tell. */
export const NO_CONTENT: HttpReply = { status: 204 };

/** Acts on a call that lives; 404 for any other. When so dialled the caller hangs up just before. */
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

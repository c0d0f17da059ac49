import type { HttpReply, HttpRequest } from '../../http/http-request.ts';
import type { VobizCall } from '../call/call-contract.ts';
import { DEFAULT_TIME_LIMIT_S } from '../call/call-contract.ts';
import { utcTime } from '../webhook/forms.ts';
import { targetOf } from '../webhook/webhooks.ts';
import type { Target } from '../webhook/webhooks.ts';
import { CALL, failure, fieldsOf, NO_CONTENT, NO_ROUTE, onLiveCall, success } from './replies.ts';
import type { CallRequest, RestCloud, Route } from './replies.ts';

const MAX_TIME_LIMIT_S = 86_400;
const MAX_DESTINATIONS = 1_000;
const NUMBER = /^\+?\d{3,15}$/;
const LEGS = ['aleg', 'bleg', 'both'];

type Fields = Readonly<Record<string, unknown>>;

/** Placing, listing, showing, ending and transferring calls. */
export const CALL_ROUTES: readonly Route[] = [
  {
    method: 'POST',
    path: /^\/Call\/$/,
    answer(request, cloud) {
      const orders = decodeCallRequests(fieldsOf(request), cloud.behaviour().ownNumbers);
      if (typeof orders === 'string') return failure(400, orders);
      const uuids = orders.map((order) => cloud.place(order).id);
      return success(201, { message: 'call fired', request_uuid: uuids.length === 1 ? uuids[0] : uuids });
    },
  },
  liveRoute('GET', '/Call', ({ query }, { calls }, _, seesLive) => {
    const status = query.get('status');
    if (status !== 'live' && status !== 'queued') return failure(400, 'status must be live or queued');
    const found = calls.filter(({ queued, record }) =>
      status === 'queued' ? queued : seesLive && !queued && record.endedAt === undefined,
    );
    return success(200, { calls: found.map(({ id }) => id) });
  }),
  liveRoute('GET', '/Call/([0-9a-f-]+)', ({ query }, { calls }, [uuid], seesLive) => {
    if (query.get('status') !== 'live') return failure(400, 'status must be live');
    const call = calls.find(({ id, record }) => id === uuid && record.endedAt === undefined);
    return call === undefined || !seesLive ? failure(404, 'call not found') : success(200, describe(call));
  }),
  liveRoute('DELETE', '/Call/([0-9a-f-]+)', (_, cloud, [uuid], seesLive) =>
    onLiveCall(cloud, seesLive ? uuid : undefined, (call) => {
      call.hangUpByApi();
      return NO_CONTENT;
    }),
  ),
  {
    method: 'POST',
    path: new RegExp(`^${CALL}$`),
    answer(request, cloud, [uuid]) {
      const fields = fieldsOf(request);
      const { legs = 'aleg' } = fields;
      if (!LEGS.includes(String(legs))) return failure(400, 'legs is invalid');
      const targetFor = (leg: string): Target | undefined =>
        legs === leg || legs === 'both' ? targetOf(fields[`${leg}_url`], fields[`${leg}_method`]) : undefined;
      const [aleg, bleg] = [targetFor('aleg'), targetFor('bleg')];
      if (legs !== 'bleg' && aleg === undefined) return failure(400, 'aleg_url is required');
      if (legs !== 'aleg' && bleg === undefined) return failure(400, 'bleg_url is required');
      return onLiveCall(cloud, uuid, (call) => {
        call.transfer(aleg, bleg);
        return success(202, { message: 'call transferred', call_uuid: call.id });
      });
    },
  },
];

/**
 * A route whose last slash is disputed. `liveRoutes` says which spelling shows live calls: the one without a slash does not
 * exist otherwise, and the one with it then shows queued calls only.
 */
function liveRoute(
  method: Route['method'],
  path: string,
  answer: (request: HttpRequest, cloud: RestCloud, parts: readonly string[], seesLive: boolean) => HttpReply,
): Route {
  return {
    method,
    path: new RegExp(`^${path}(/?)$`),
    answer(request, cloud, parts) {
      const hasSlash = parts.at(-1) === '/';
      const { liveRoutes } = cloud.behaviour();
      if (!hasSlash && liveRoutes === 'slash') return NO_ROUTE;
      return answer(request, cloud, parts.slice(0, -1), !hasSlash || liveRoutes !== 'plain');
    },
  };
}

function decodeCallRequests(fields: Fields, ownNumbers: readonly string[]): CallRequest[] | string {
  const { from, to } = fields;
  if (typeof from !== 'string' || from === '') return 'from is required';
  if (typeof to !== 'string' || to === '') return 'to is required';
  const answer = targetOf(fields['answer_url'], fields['answer_method']);
  if (answer === undefined) return 'answer_url is required';
  const destinations = to.split('<');
  if (destinations.length > MAX_DESTINATIONS) return `to names more than ${MAX_DESTINATIONS} destinations`;
  if (destinations.some((number) => !NUMBER.test(number) && !number.startsWith('sip:')))
    return 'to is invalid';
  const isOwned = ownNumbers.some((number) => withPlus(number) === withPlus(from));
  if (!isOwned) return `from number ${from} not owned by this account`;
  const timeLimitS = fields['time_limit'] ?? DEFAULT_TIME_LIMIT_S;
  if (typeof timeLimitS !== 'number' || !(timeLimitS > 0 && timeLimitS <= MAX_TIME_LIMIT_S))
    return `time_limit must be from 1 to ${MAX_TIME_LIMIT_S}`;
  const hangup = targetOf(fields['hangup_url'], fields['hangup_method']);
  const application = {
    answerUrl: answer.url,
    answerMethod: answer.method,
    hangupUrl: hangup?.url,
    ...(hangup === undefined ? {} : { hangupMethod: hangup.method }),
    ring: targetOf(fields['ring_url'], fields['ring_method']),
    fallback: targetOf(fields['fallback_url'], fields['fallback_method']),
  };
  return destinations.map((number) => ({
    from: withPlus(from),
    to: withPlus(number),
    timeLimitS,
    application,
  }));
}

function withPlus(number: string): string {
  return /^\d/.test(number) ? `+${number}` : number;
}

function describe({ record }: VobizCall): Record<string, unknown> {
  return {
    call_uuid: record.id,
    call_status: record.status,
    direction: record.direction,
    from: record.from.replace(/^\+/, ''),
    to: record.to.replace(/^\+/, ''),
    caller_name: '',
    request_uuid: record.id,
    session_start: utcTime(record.createdAt),
    stir_attestation: '',
    stir_verification: 'Not Applicable',
  };
}

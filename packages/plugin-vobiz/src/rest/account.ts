/** What an instance can do that has the keys of its account: everything that is asked over REST. */
import { forEachCall } from '@sidetone/plugin-kit';
import {
  FaultError,
  type CommandContext,
  type PlaceCallArguments,
  type Provider,
  type ProviderCallId,
  type ProviderHost,
  type Secret,
} from '@sidetone/core';
import { createVobizApi, type VobizApi } from './api.ts';
import { createAttach, type Attach } from './attach.ts';
import { backfill } from './backfill.ts';
import type { CallXml } from '../answer/call-xml.ts';
import type { Calls } from '../calls/call-tracker.ts';
import { createConferenceApi } from './conference-api.ts';
import type { VobizOptions } from '../config.ts';
import type { ControlWay } from '../control/controls.ts';
import { sweepLiveCalls } from './sweep.ts';
import { createLookup, type Lookup } from './lookup.ts';
import { noticeOf } from '../calls/notices.ts';
import { orderOf } from '../control/place-call.ts';
import { createRestControls } from '../control/rest-controls.ts';
import { createRoomControls, type Rooms } from '../control/conference-controls.ts';
import type { StreamTokens } from '../stream/stream-tokens.ts';
import type { Streams } from '../session.ts';
import type { TransferGrants } from '../answer/transfer-grants.ts';
import { announce } from '../translate.ts';

/** How long a stream that is asked for over REST may last, s: as long as a call can. */
const STREAM_SECONDS = 86_400;

export interface Keys {
  readonly authId: string;
  readonly authToken: Secret;
}

export interface AccountDeps {
  readonly host: ProviderHost;
  readonly options: VobizOptions;
  readonly keys: Keys;
  readonly calls: Calls;
  readonly tokens: Pick<StreamTokens, 'originOf'>;
  readonly grants: TransferGrants;
  readonly rooms: Rooms;
  readonly streams: Pick<Streams, 'has'>;
  readonly callXml: Pick<CallXml, 'tap'>;
  /** Which number is shown to who is dialled, unless told otherwise. */
  readonly callerId: string | undefined;
  /** Aborts when the instance stops. */
  readonly signal: AbortSignal;
}

type Methods = Required<Pick<Provider, 'reconcile' | 'backfill' | 'health'>> &
  Pick<Provider, 'placeCall' | 'watch'>;

export interface Account {
  /** What the provider can do by it. */
  readonly methods: Methods;
  readonly rest: ControlWay & { readonly controls: ReturnType<typeof createRestControls> };
  readonly room: ControlWay;
  /** Where calls of others are joined. */
  readonly attach?: Attach;
  /** Looks for calls, where that is configured, until the instance stops. */
  start(): void;
}

/** An account that was asked nothing yet. */
export function createAccount(deps: AccountDeps): Account {
  const { host, options, keys, calls, signal: life } = deps;
  const rest = { ...keys, host, baseUrl: options.apiBaseUrl };
  const api = createVobizApi(rest);
  const lookup = createLookup({ api, host, calls });
  const attach = options.attach && attachBy(api, lookup, options.attach.intervalMs, deps);

  async function placeCall(args: PlaceCallArguments, { signal }: CommandContext): Promise<ProviderCallId> {
    const { to, from, body } = orderOf(args, options.from, {
      answer: host.publicUrl('answer'),
      hangup: host.publicUrl('hangup'),
      ring: host.publicUrl('ring'),
      events: host.publicUrl('events'),
    });
    const callId = (await api.makeCall(body, AbortSignal.any([signal, life]))) as ProviderCallId;
    // Its first webhooks may have been faster.
    if (calls.hasEnded(callId)) return callId;
    calls.place(callId);
    const news = announce(callId, host.clock.now(), { status: 'queued', direction: 'outbound', from, to });
    await calls.takeIn(callId, [news]);
    return callId;
  }

  async function watch(callId: ProviderCallId, { signal }: CommandContext): Promise<void> {
    if (calls.hasEnded(callId)) throw new FaultError('CALL_NOT_LIVE', 'the call is over');
    await attach?.join(callId, signal);
  }

  /** Asks how a call stands and takes in the answer. */
  async function refresh(callId: ProviderCallId, signal: AbortSignal): Promise<void> {
    const isLive = await lookup.ask(callId, signal);
    if (!isLive) return lookup.end(callId, signal);
    // It was joined, and lost its stream by a restart of ours.
    const isJoined = deps.tokens.originOf(callId) === 'joined';
    if (isJoined && !deps.streams.has(callId) && !attach?.has(callId)) await attach?.keepJoining(callId);
  }

  return {
    methods: {
      ...(options.answer && { placeCall }),
      ...(attach && { watch }),
      reconcile: (stale, signal) =>
        forEachCall(host.clock, stale, signal, ({ providerCallId }) =>
          refresh(providerCallId, AbortSignal.any([signal, life])),
        ),
      backfill: (request, signal) => backfill({ api, host }, request, AbortSignal.any([signal, life])),
      health: (signal) => api.check(AbortSignal.any([signal, life])),
    },
    rest: {
      isOpenTo: () => true,
      controls: createRestControls({
        api,
        speak: options.speak,
        grants: deps.grants,
        transferUrl: (token) => host.publicUrl(`transfer/${token}`),
        callerId: deps.callerId,
      }),
    },
    room: {
      isOpenTo: ({ providerCallId }) => deps.rooms.of(providerCallId) !== undefined,
      controls: createRoomControls(createConferenceApi(rest), deps.rooms),
    },
    ...(attach && { attach }),
    start() {
      if (!attach || options.attach?.calls !== 'all') return;
      const { intervalMs } = options.attach;
      const isSettled = (callId: ProviderCallId): boolean => calls.hasEnded(callId) || isOurs(callId, deps);
      void sweepLiveCalls({ host, api, attach, isSettled, intervalMs }, life);
    },
  };
}

/** Whether a call is answered here, or will be. */
const isOurs = (callId: ProviderCallId, { tokens, calls }: Pick<AccountDeps, 'tokens' | 'calls'>): boolean =>
  tokens.originOf(callId) === 'answered' || calls.wasPlaced(callId);

function attachBy(api: VobizApi, lookup: Lookup, intervalMs: number, deps: AccountDeps): Attach {
  const { host, calls, streams, callXml, signal } = deps;
  return createAttach({
    host,
    lookup,
    intervalMs,
    async startStream(callId, given) {
      const { streamUrl, statusCallbackUrl, contentType } = await callXml.tap(callId, 'joined');
      return api.startStream(
        callId,
        {
          serviceUrl: streamUrl,
          isBidirectional: false,
          audioTrack: 'both',
          contentType,
          timeoutSeconds: STREAM_SECONDS,
          statusCallbackUrl,
        },
        given,
      );
    },
    isHeard: (callId) => streams.has(callId),
    isOurs: (callId) => isOurs(callId, deps),
    onGivenUp(callId) {
      void calls.takeIn(callId, [noticeOf(callId, host.clock.now(), 'VOBIZ_JOIN_FAILED')]);
    },
    signal,
  });
}

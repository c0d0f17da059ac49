/** The schema, and the execution and the budget of its subscriptions. */
import { countriesOf } from '../calls/numbers/countries.ts';
import { FanOut } from '../graphql/fanout/fan-out.ts';
import { DeliveryBudget } from '../graphql/guard/deliveries/delivery-budget.ts';
import { createMask } from '../graphql/guard/errors.ts';
import { createSchema } from '../graphql/schema.ts';
import { CountsBy } from '../metrics/counts.ts';
import { LogSampler } from '../log-sampler.ts';
import * as tokens from '../tokens.ts';
import { requestId, type Environment, type Register } from './registration.ts';

export function registerGraphql(register: Register, { config, clock, publicUrl }: Environment): void {
  register(tokens.SCHEMA, (get) => {
    const { commands, annotations, utterances, capture, holds, transcription } = get(tokens.SERVICES);
    return createSchema({
      calls: get(tokens.SHOWN_CALLS),
      history: get(tokens.HISTORY),
      latestPosition: () => get(tokens.RECORD_HUB).position,
      feeds: get(tokens.FEEDS),
      cursors: get(tokens.CURSORS),
      commands,
      placing: get(tokens.COMMAND_SERVICE),
      annotations,
      utterances,
      capture,
      holds,
      numberErasure: get(tokens.NUMBER_ERASURE),
      retention: get(tokens.RETENTION),
      recordingSpace: get(tokens.RECORDING_SPACE),
      erasure: get(tokens.ERASURE),
      backfills: get(tokens.BACKFILL_SERVICE),
      providers: get(tokens.PROVIDERS),
      transcribers: get(tokens.TRANSCRIBERS),
      transcription,
      levels: get(tokens.SHOWN_LEVELS),
      listening: get(tokens.LISTENING_SERVICE),
      viewers: get(tokens.CALL_VIEWERS),
      waveforms: get(tokens.WAVEFORMS),
      recordings: get(tokens.RECORDING_SERVICE),
      links: get(tokens.MEDIA_LINKS),
      accessTokens: get(tokens.TOKEN_REGISTRY),
      urlOf: (path) => new URL(path, publicUrl()),
      now: () => clock.now(),
      countries: countriesOf(config),
      pageSize: config.limits.pageSize,
    });
  });
}

export function registerDeliveries(
  register: Register,
  { config, clock, ids, log, tracing }: Environment,
): void {
  const newId = (): string => requestId(ids);
  register(tokens.OPERATION_ERRORS, () => new CountsBy());
  register(
    tokens.FAN_OUT,
    (get) =>
      new FanOut({
        clock,
        mask: createMask(log('graphql'), newId, get(tokens.OPERATION_ERRORS)),
        ...(tracing && { onDelivered: (key) => deliveredTo(tracing, key) }),
      }),
  );
  register(tokens.DELIVERY_BUDGET, () => {
    const endings = new LogSampler({ log: log('graphql'), clock });
    const limit = 'limits.subscriptionCostPerSecond';
    return new DeliveryBudget({
      clock,
      costPerSecond: config.limits.subscriptionCostPerSecond,
      onEnd: (client) =>
        endings.warn('end', 'subscription ended: its client exceeds the limit', {
          client,
          limit,
          code: 'LIMIT_SUBSCRIPTION_COST',
        }),
    });
  });
}

/** Counts a delivery of a stored event. Its identity is its position; partials have negative ones, and levels none. */
function deliveredTo(tracing: NonNullable<Environment['tracing']>, key: unknown): void {
  if (typeof key === 'number' && key > 0) tracing.delivered(key);
}

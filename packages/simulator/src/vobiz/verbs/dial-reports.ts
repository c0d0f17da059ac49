// The webhooks of a `<Dial>`: `callbackUrl` receives each leg's events, and `action` the outcome.

import { numberText } from '../webhook/forms.ts';
import { HANGUPS } from '../webhook/hangup.ts';
import type { Hangup } from '../webhook/hangup.ts';
import { targetOf } from '../webhook/webhooks.ts';
import type { Verb } from './answer-xml.ts';
import type { VerbContext } from './verb-context.ts';

/** The outcome of a `<Dial>`. */
export type DialStatus = 'completed' | 'busy' | 'failed' | 'timeout' | 'no-answer';

/** One target of a `<Dial>`. */
export interface Leg {
  readonly id: string;
  readonly to: string;
  readonly position: number;
}

/** Sends the webhooks of one `<Dial>`. */
interface DialReports {
  /** Reports that a leg answered. */
  answered(leg: Leg): void;
  /** Reports the end of a leg; `answeredAt` is 0 if it did not answer. */
  hangup(leg: Leg, hangup: Hangup, answeredAt: number): void;
  /** Reports a leg that another one beat. */
  lostRace(leg: Leg): void;
  /** Returns the form that reports the outcome to `action`. */
  actionForm(status: DialStatus, hangup: Hangup): Record<string, string>;
}

/** Creates the reports of a `<Dial>` with these legs. */
export function createDialReports(
  { attributes }: Verb,
  legs: readonly Leg[],
  call: VerbContext,
): DialReports {
  const callback = targetOf(attributes['callbackUrl'], attributes['callbackMethod']);
  const createdAt = Date.now();
  const from = attributes['callerId'] ?? call.record.from;

  /** Creates the record of a leg. */
  const record = ({ id, to }: Leg, hangup: Hangup, answeredAt: number): void => {
    const answered = answeredAt === 0 ? undefined : answeredAt;
    call.record.legs.push({ id, from, to, createdAt, answeredAt: answered, endedAt: Date.now(), hangup });
  };

  const notify = (event: string, action: string, leg: Leg, fields: Record<string, string> = {}): void => {
    const format = call.behaviour().numberFormat;
    call.notify(callback, {
      ...call.commonForm(event),
      DialAction: action,
      DialALegUUID: call.record.id,
      DialBLegUUID: leg.id,
      DialBLegStatus: action,
      DialBLegFrom: numberText(from, format),
      DialBLegTo: numberText(leg.to, format),
      DialBLegPosition: String(leg.position),
      ...fields,
    });
  };

  return {
    answered(leg) {
      notify('DialAnswer', 'answer', leg);
      notify('DialConnected', 'connected', leg);
    },
    hangup(leg, hangup, answeredAt) {
      record(leg, hangup, answeredAt);
      const seconds = answeredAt === 0 ? 0 : Math.round((Date.now() - answeredAt) / 1000);
      notify('DialHangup', 'hangup', leg, hangupFields(hangup, seconds));
    },
    lostRace(leg) {
      record(leg, HANGUPS.lostRace, 0);
      notify('DialHangup', 'hangup', leg, hangupFields(HANGUPS.lostRace, 0));
    },
    actionForm: (status, hangup) => ({
      ...call.commonForm('Redirect'),
      DialStatus: status,
      DialRingStatus: 'true',
      DialHangupCause: hangup.cause,
      DialALegUUID: call.record.id,
      DialBLegUUID: status === 'completed' ? (legs[0]?.id ?? '') : '',
    }),
  };
}

function hangupFields(hangup: Hangup, seconds: number): Record<string, string> {
  return {
    DialBLegDuration: String(seconds),
    DialBLegBillDuration: String(Math.ceil(seconds / 60) * 60),
    DialBLegHangupCause: hangup.cause,
    DialBLegHangupCauseCode: hangup.code,
    DialBLegHangupCauseName: hangup.name,
    DialBLegHangupSource: hangup.source,
  };
}

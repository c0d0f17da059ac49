import { FaultError } from '@sidetone/core';
import { describe, expect, it } from 'vitest';
import {
  CONNECTION_ERRORS,
  errorOfClose,
  errorOfDial,
  MAX_REASON_LENGTH,
  messageOf,
  reasonIn,
  type ConnectionErrorCode,
} from '../../src/connection/connection-errors.ts';
import { body, closeOf, samplesOf, upgradeOf, type Upgrade } from '../samples.ts';

function rejectedWith({ response }: Upgrade): FaultError {
  const text = response.json === undefined ? response.text : JSON.stringify(response.json);
  return new FaultError('PROVIDER_REFUSED', 'rejected', {
    details: { status: response.status, ...(text !== undefined && { body: text }) },
  });
}

const REJECTIONS: Readonly<Record<string, ConnectionErrorCode>> = {
  refused_400_keywords_on_nova3: 'DEEPGRAM_BAD_REQUEST',
  refused_400_keyterm_tokens: 'DEEPGRAM_BAD_REQUEST',
  refused_400_other_body_shape: 'DEEPGRAM_BAD_REQUEST',
  flux_refused_400_flux_on_v1: 'DEEPGRAM_BAD_REQUEST',
  refused_401_bad_key: 'DEEPGRAM_UNAUTHORIZED',
  bad_refused_401_no_dg_headers_empty_body: 'DEEPGRAM_UNAUTHORIZED',
  refused_402_no_credit: 'DEEPGRAM_PAYMENT_REQUIRED',
  refused_405_batch_only_model: 'DEEPGRAM_NOT_FOUND',
  refused_429_concurrency: 'DEEPGRAM_RATE_LIMITED',
  refused_503_plain_text: 'DEEPGRAM_UNAVAILABLE',
};

describe('errorOfDial', () => {
  it.each(samplesOf('upgrade').map((sample) => [sample.name, upgradeOf(sample.body)] as const))(
    'returns the code of %s',
    (name, upgrade) => {
      if (upgrade.response.status === 101) return;
      expect(errorOfDial(rejectedWith(upgrade)).code).toBe(REJECTIONS[name]);
    },
  );

  it.each([
    [403, 'DEEPGRAM_FORBIDDEN'],
    [404, 'DEEPGRAM_NOT_FOUND'],
    [408, 'DEEPGRAM_UNAVAILABLE'],
    [414, 'DEEPGRAM_BAD_REQUEST'],
    [499, 'DEEPGRAM_UNAVAILABLE'],
    [500, 'DEEPGRAM_UNAVAILABLE'],
    [302, 'DEEPGRAM_REFUSED'],
    [418, 'DEEPGRAM_REFUSED'],
  ] as const)('maps status %i to %s', (status, code) => {
    expect(errorOfDial(rejectedWith({ ...upgradeOf(body('flux_ok')), response: { status } }))).toEqual({
      code,
    });
  });

  it('returns DEEPGRAM_UNREACHABLE without a response', () => {
    expect(errorOfDial(new FaultError('PROVIDER_TIMEOUT', 'late'))).toEqual({
      code: 'DEEPGRAM_UNREACHABLE',
    });
    expect(errorOfDial(new Error('strange'))).toEqual({ code: 'DEEPGRAM_UNREACHABLE' });
  });

  it('reads the reason from three formats, or text', () => {
    const reason = (name: string) => errorOfDial(rejectedWith(upgradeOf(body(name)))).reason;
    expect(reason('refused_400_keywords_on_nova3')).toContain('Please use `keyterm` instead.');
    expect(reason('refused_400_other_body_shape')).toBe(
      'Invalid query string. (unexpected value for sample_rate)',
    );
    expect(reasonIn('{"code":"INVALID_PARAMETER","description":"no such model"}')).toBe('no such model');
    expect(reason('refused_503_plain_text')).toContain('upstream connect error');
    expect(reason('bad_refused_401_no_dg_headers_empty_body')).toBeUndefined();
    expect(reasonIn('[1]')).toBe('[1]');
    expect(reasonIn('{"other":1}')).toBeUndefined();
  });
});

const CLOSES: Readonly<Record<string, ConnectionErrorCode>> = {
  close_1001_going_away: 'DEEPGRAM_CONNECTION_LOST',
  close_1006_lost: 'DEEPGRAM_CONNECTION_LOST',
  close_1008_data0000: 'DEEPGRAM_AUDIO_REJECTED',
  close_1011_net0000: 'DEEPGRAM_UNAVAILABLE',
  close_1011_net0001: 'DEEPGRAM_IDLE',
  close_1011_net0001_short_form: 'DEEPGRAM_IDLE',
  close_1011_no_reason: 'DEEPGRAM_UNAVAILABLE',
  close_1012_restart: 'DEEPGRAM_UNAVAILABLE',
  close_1013_try_later: 'DEEPGRAM_UNAVAILABLE',
  close_4xxx_unknown: 'DEEPGRAM_CONNECTION_LOST',
  // Part of sequences.
  seq09_lost_and_replayed_3: 'DEEPGRAM_CONNECTION_LOST',
  seq10_clean_shutdown_4: 'DEEPGRAM_CONNECTION_LOST',
};

describe('errorOfClose', () => {
  const closes = samplesOf('out').filter((sample) => closeOf(sample.body));

  it.each(closes)('returns the code of $name', (sample) => {
    const { code, reason } = closeOf(sample.body)!;
    expect(errorOfClose(code, reason).code).toBe(CLOSES[sample.name]);
  });

  it.each([
    [1002, '', 'DEEPGRAM_PROTOCOL_REJECTED'],
    [1003, '', 'DEEPGRAM_AUDIO_REJECTED'],
    [1007, '', 'DEEPGRAM_AUDIO_REJECTED'],
    [1011, 'no_audio_timeout', 'DEEPGRAM_IDLE'],
    [1011, 'https://dpgr.am/net0002', 'DEEPGRAM_IDLE'],
    [1002, 'DATA-0000', 'DEEPGRAM_AUDIO_REJECTED'],
    [1006, 'NET-0000', 'DEEPGRAM_UNAVAILABLE'],
  ] as const)('maps %i with "%s" to %s', (code, reason, expected) => {
    expect(errorOfClose(code, reason).code).toBe(expected);
  });
});

describe('messageOf', () => {
  it('contains the failure and the remedy for every code', () => {
    for (const [code, { message }] of Object.entries(CONNECTION_ERRORS)) {
      expect(code).toMatch(/^DEEPGRAM_[A-Z_]+$/);
      expect(message).toMatch(/^[A-Z].+: .+\.$/);
    }
  });

  it("contains the service's reason on one line, truncated, and without the API key", () => {
    const reason = `the key k-1 is\nnot\u0007 valid ${'x'.repeat(1000)}`;
    const text = messageOf({ code: 'DEEPGRAM_UNAUTHORIZED', reason }, 'k-1');
    expect(text).toContain('Deepgram says: the key [redacted] is not valid xxx');
    expect(text.length).toBeLessThan(MAX_REASON_LENGTH + 200);
    expect(messageOf({ code: 'DEEPGRAM_UNAVAILABLE' }, 'k-1')).not.toContain('says');
  });
});

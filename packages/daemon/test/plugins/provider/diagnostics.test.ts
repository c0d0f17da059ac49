import { DIAGNOSTIC_LIMITS, FaultError, type Diagnostic } from '@sidetone/core';
import { describe, expect, test, vi } from 'vitest';
import { REPORT_LIFETIME_MS, toDiagnostics } from '../../../src/plugins/provider/diagnostics.ts';
import { supervise } from '../../support/supervised.ts';

const OK: Diagnostic = { name: 'API key', state: 'OK', message: 'accepted' };

describe('toDiagnostics', () => {
  test('keeps what is valid', () => {
    const given = [OK, { ...OK, state: 'FAILED', remedy: 'Enter another.' }];
    expect(toDiagnostics(given, [])).toEqual(given);
  });

  test('bounds the number of results and the length of each text', () => {
    const { results, nameCharacters, textCharacters } = DIAGNOSTIC_LIMITS;
    const long = 'x'.repeat(100_000);
    const many = Array.from({ length: 1000 }, () => ({ ...OK, name: long, message: long, remedy: long }));
    const found = toDiagnostics(many, []);
    expect(found).toHaveLength(results);
    const [{ name, message, remedy } = OK] = found;
    expect([name.length, message.length, remedy?.length]).toEqual([
      nameCharacters,
      textCharacters,
      textCharacters,
    ]);
  });

  test('masks secrets, also in URLs and headers, and telephone numbers', () => {
    const secret = 'key/0 with:signs';
    const texts = [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')];
    const message = `${texts.join(' and ')} of +1 415 555 0123`;
    expect(toDiagnostics([{ ...OK, message, remedy: secret }], [secret])).toEqual([
      {
        ...OK,
        message: '[redacted] and [redacted] and [redacted] of +• ••• ••• ••23',
        remedy: '[redacted]',
      },
    ]);
  });

  test('does not trust a plugin in plain JavaScript', () => {
    expect(toDiagnostics([null, 1, { name: 2, state: 'GOOD' }], [])).toEqual(
      Array.from({ length: 3 }, () => ({ name: 'unnamed check', state: 'SKIPPED', message: '' })),
    );
    expect(toDiagnostics('fine', [])).toMatchObject([{ state: 'FAILED', message: 'expected a list' }]);
  });
});

describe('the diagnostics of a provider', () => {
  test('are absent if the plugin has none', () => {
    expect(supervise(() => ({})).provider.diagnostics).toBeUndefined();
  });

  test('are shared by requests that arrive meanwhile and shortly after', async () => {
    const run = vi.fn(async () => [OK]);
    const { provider, clock } = supervise(() => ({ diagnostics: run }));
    await provider.start();
    const [first, second] = await Promise.all([provider.diagnostics!(), provider.diagnostics!()]);
    expect([second, first.results, first.checkedAt]).toEqual([first, [OK], clock.now()]);
    await clock.advance(REPORT_LIFETIME_MS - 1);
    await provider.diagnostics!();
    expect(run).toHaveBeenCalledOnce();
    await clock.advance(1);
    await provider.diagnostics!();
    expect(run).toHaveBeenCalledTimes(2);
  });

  test('end in time although the plugin ignores its signal, which aborts', async () => {
    let signal: AbortSignal | undefined;
    const { provider, clock } = supervise(() => ({
      diagnostics: (given) => {
        signal = given;
        return new Promise<never>(() => undefined);
      },
    }));
    await provider.start();
    const report = provider.diagnostics!();
    await clock.advance(15_000);
    const message = 'the provider did not respond within 15 s';
    expect((await report).results).toMatchObject([{ state: 'FAILED', message }]);
    expect(signal?.aborted).toBe(true);
  });

  test.each([
    ['throws', () => Promise.reject(new TypeError('x is not a function')), 'x is not a function'],
    [
      'rejects with a fault',
      () => Promise.reject(new FaultError('PROVIDER_REFUSED', 'the key sk-0123 was rejected')),
      'the key [redacted] was rejected',
    ],
  ])('are a failed result if the plugin %s', async (_what, diagnostics, message) => {
    const { provider, lines } = supervise(() => ({ diagnostics }), { secrets: () => ['sk-0123'] });
    await provider.start();
    expect((await provider.diagnostics!()).results).toMatchObject([
      { name: 'diagnostics', state: 'FAILED', message, remedy: expect.stringMatching(/\.$/) },
    ]);
    expect(lines.map(({ message: text }) => text)).toContain('diagnostics failed');
    expect(provider.state).toBe('RUNNING');
  });

  test('say why the provider does not run', async () => {
    const { provider } = supervise(() => ({
      start: () => Promise.reject(new Error('no disk')),
      diagnostics: async () => [OK],
    }));
    await provider.start();
    expect((await provider.diagnostics!()).results).toMatchObject([
      { name: 'instance', state: 'FAILED', message: expect.stringContaining('no disk') },
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { readMonitorUrl, type MonitorKind } from '../../src/calls/monitor-url.ts';
import { CALL, CONTROL_URL, LISTEN_URL, OTHER_CALL } from '../samples.ts';

const read = (text: string, kind: MonitorKind = 'control', hosts: readonly string[] = ['.vapi.ai']) =>
  readMonitorUrl(text, kind, CALL, hosts)?.href;

describe('monitor addresses', () => {
  it('are taken where the configuration allows them', () => {
    expect(read(CONTROL_URL)).toBe(CONTROL_URL);
    expect(read(LISTEN_URL, 'listen')).toBe(LISTEN_URL);
  });

  it('lose the brackets and blanks of a pasted sample', () => {
    expect(read(` <${CONTROL_URL}>\n`)).toBe(CONTROL_URL);
  });

  it('listen by WebSocket, also when they are kept with an HTTP scheme', () => {
    expect(read(LISTEN_URL.replace('wss:', 'https:'), 'listen')).toBe(LISTEN_URL);
  });

  it.each([
    ['another host', `https://vapi.ai.evil.example/${CALL}/control`],
    ['a host that only ends alike', `https://evilvapi.ai/${CALL}/control`],
    ['the suffix itself', `https://vapi.ai/${CALL}/control`],
    ['a cloud metadata service', 'http://169.254.169.254/latest/meta-data'],
    ['no encryption', `http://a.vapi.ai/${CALL}/control`],
    ['another call', `https://a.vapi.ai/${OTHER_CALL}/control`],
    ['another path', `https://a.vapi.ai/${CALL}/transport`],
    ['credentials in it', `https://user:pass@a.vapi.ai/${CALL}/control`],
    ['a scheme of its own', `file://a.vapi.ai/${CALL}/control`],
    ['no address at all', 'control'],
    ['nothing', ''],
  ])('are refused with %s', (_what, text) => {
    expect(read(text)).toBeUndefined();
  });

  it('never point to the transport socket: that is a leg of the call', () => {
    expect(read(`wss://a.vapi.ai/${CALL}/transport`, 'listen')).toBeUndefined();
  });

  it.each([
    [['127.0.0.1:8080'], true],
    [['127.0.0.1'], true],
    [['127.0.0.1:9090'], false],
    [['.vapi.ai'], false],
  ])('may be unencrypted on a loopback host that is listed: %j', (hosts, allowed) => {
    const address = `ws://127.0.0.1:8080/${CALL}/listen`;
    expect(read(address, 'listen', hosts)).toBe(allowed ? address : undefined);
  });

  it('may not be unencrypted on any other host, listed or not', () => {
    expect(read(`http://10.0.0.7/${CALL}/control`, 'control', ['10.0.0.7'])).toBeUndefined();
    expect(read(`https://10.0.0.7/${CALL}/control`, 'control', ['10.0.0.7'])).toBeDefined();
  });
});

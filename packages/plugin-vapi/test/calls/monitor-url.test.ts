import { describe, expect, it } from 'vitest';
import { readMonitorUrl, type MonitorKind } from '../../src/calls/monitor-url.ts';
import { CALL, CONTROL_URL, LISTEN_URL, OTHER_CALL } from '../samples.ts';

const read = (text: string, kind: MonitorKind = 'control', hosts: readonly string[] = ['.vapi.ai']) =>
  readMonitorUrl(text, kind, CALL, hosts)?.href;

describe('readMonitorUrl', () => {
  it('accepts URLs on allowed hosts', () => {
    expect(read(CONTROL_URL)).toBe(CONTROL_URL);
    expect(read(LISTEN_URL, 'listen')).toBe(LISTEN_URL);
  });

  it('ignores the brackets and whitespace of a pasted example', () => {
    expect(read(` <${CONTROL_URL}>\n`)).toBe(CONTROL_URL);
  });

  it('returns a wss URL for a listen URL with https', () => {
    expect(read(LISTEN_URL.replace('wss:', 'https:'), 'listen')).toBe(LISTEN_URL);
  });

  it.each([
    ['another host', `https://vapi.ai.evil.example/${CALL}/control`],
    ['a host with a similar ending', `https://evilvapi.ai/${CALL}/control`],
    ['the suffix itself', `https://vapi.ai/${CALL}/control`],
    ['a cloud metadata service', 'http://169.254.169.254/latest/meta-data'],
    ['no encryption', `http://a.vapi.ai/${CALL}/control`],
    ['another call', `https://a.vapi.ai/${OTHER_CALL}/control`],
    ['another path', `https://a.vapi.ai/${CALL}/transport`],
    ['credentials', `https://user:pass@a.vapi.ai/${CALL}/control`],
    ['another scheme', `file://a.vapi.ai/${CALL}/control`],
    ['a text that is not a URL', 'control'],
    ['an empty text', ''],
  ])('rejects %s', (_what, text) => {
    expect(read(text)).toBeUndefined();
  });

  it.each([
    ['[fd00::7]:8443', `https://[fd00:0::7]:8443/${CALL}/control`],
    ['fd00::7', `https://[fd00::7]:8443/${CALL}/control`],
    ['::1', `http://[::1]:8080/${CALL}/control`],
    ['monitor.example.net:443', `https://monitor.example.net/${CALL}/control`],
  ])('accepts the host of the rule %s', (rule, text) => {
    expect(read(text, 'control', [rule])).toBe(new URL(text).href);
  });

  it('rejects a transport URL for listening', () => {
    expect(read(`wss://a.vapi.ai/${CALL}/transport`, 'listen')).toBeUndefined();
  });

  it.each([
    [['127.0.0.1:8080'], true],
    [['127.0.0.1'], true],
    [['127.0.0.1:9090'], false],
    [['.vapi.ai'], false],
  ])('accepts ws on a loopback host if it is allowed: %j', (hosts, allowed) => {
    const url = `ws://127.0.0.1:8080/${CALL}/listen`;
    expect(read(url, 'listen', hosts)).toBe(allowed ? url : undefined);
  });

  it('rejects http on other hosts, allowed or not', () => {
    expect(read(`http://10.0.0.7/${CALL}/control`, 'control', ['10.0.0.7'])).toBeUndefined();
    expect(read(`https://10.0.0.7/${CALL}/control`, 'control', ['10.0.0.7'])).toBeDefined();
  });
});

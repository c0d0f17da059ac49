/** Who may connect, and how much: sign-ins, connections, bodies, unread output. */
import type { Logger } from '@sidetone/core';
import { isExposed } from '../access/exposure.ts';
import { ACCESS } from '../access/token-changes.ts';
import { FailedSignIns } from '../access/failed-sign-ins.ts';
import { TokenRegistry } from '../access/tokens/token-registry.ts';
import { TokenUse } from '../access/tokens/token-use.ts';
import { SignInAudit } from '../access/sign-in-audit.ts';
import type { Config } from '../config/schema.ts';
import { Gate } from '../http/gate.ts';
import { Connections } from '../http/limits/connections.ts';
import { openFileLimit, permittedConnections } from '../http/limits/open-files.ts';
import { OutputLedger } from '../http/limits/output-ledger.ts';
import { PENDING_SHARE, PendingClients } from '../http/limits/pending-clients.ts';
import { RequestBodies } from '../http/limits/request-bodies.ts';
import { Rejections } from '../http/rejections.ts';
import * as tokens from '../tokens.ts';
import type { Environment, Register } from './registration.ts';

export function registerClients(register: Register, { config, clock, log }: Environment): void {
  const { limits, server } = config;
  register(tokens.GATE, (get) => createGate(config, get(tokens.TOKEN_USE)));
  register(tokens.OUTPUT_LEDGER, () => new OutputLedger(limits));
  register(tokens.REQUEST_BODIES, (get) => {
    const gate = get(tokens.GATE);
    return new RequestBodies({ clock, ...limits, addressOf: (request) => gate.networkOf(request) });
  });
  register(
    tokens.PENDING_SOCKETS,
    () =>
      new PendingClients({
        total: limits.pendingSockets,
        perNetwork: Math.floor(limits.pendingSockets * PENDING_SHARE),
      }),
  );
  register(tokens.CONNECTIONS, (get) => {
    const gate = get(tokens.GATE);
    return new Connections({
      ...connectionLimits(server, log('http')),
      ledger: get(tokens.OUTPUT_LEDGER),
      isTrustedProxy: (address) => gate.isTrustedProxy(address),
      clock,
      log: log('http'),
    });
  });
}

export function registerTokens(register: Register, { config, clock, log }: Environment): void {
  const { auth, server } = config;
  register(tokens.TOKEN_USE, (get) => {
    const state = get(tokens.STATE_STORE);
    return new TokenUse({
      kept: {
        get: () => state.get(ACCESS, 'token-use'),
        set: (text) => state.set(ACCESS, 'token-use', text),
      },
      now: () => clock.now(),
      log: log('access'),
    });
  });
  register(
    tokens.TOKEN_REGISTRY,
    (get) =>
      new TokenRegistry({
        configured: auth.tokens,
        isRequired: auth.required,
        mustNotOpen: isExposed(server) && !auth.unverified,
        store: get(tokens.STORE).accessTokens,
        use: get(tokens.TOKEN_USE),
        holders: () => [get(tokens.GATE), get(tokens.MEDIA_LINKS)],
        connections: () => get(tokens.CONNECTIONS),
        clock,
        log: log('access'),
      }),
  );
}

export function registerSignIns(register: Register, { config, clock, log }: Environment): void {
  register(
    tokens.SIGN_IN_AUDIT,
    (get) => new SignInAudit({ audit: get(tokens.AUDIT_LOG), clock, log: log('audit') }),
  );
  register(tokens.FAILED_SIGN_INS, (get) => {
    const signIns = new FailedSignIns({ ...config.limits, clock });
    const audit = get(tokens.SIGN_IN_AUDIT);
    signIns.onFailures((report) => audit.observe(report));
    return signIns;
  });
  register(tokens.REJECTIONS, (get) => {
    const gate = get(tokens.GATE);
    const addressOf = gate.addressOf.bind(gate);
    return new Rejections({ signIns: get(tokens.FAILED_SIGN_INS), addressOf, clock, log: log('http') });
  });
}

function createGate({ auth, server }: Config, use: TokenUse): Gate {
  return new Gate({
    tokens: auth.tokens,
    onUse: (sha256) => use.record(sha256),
    origins: server.cors.origins,
    trustedProxies: server.trustedProxies,
    isUnverified: auth.unverified,
    hostNames: [server.host, ...(server.publicUrl ? [server.publicUrl.hostname] : [])],
  });
}

/** Returns the limits of connections, or lower ones if the operating system does not permit as many open files. */
function connectionLimits(server: Config['server'], log: Logger): ReturnType<typeof permittedConnections> {
  const openFiles = openFileLimit();
  const limits = permittedConnections(server, openFiles);
  if (limits.maxConnections < server.maxConnections)
    log.warn('the limit of open files is too low for server.maxConnections, using a lower one', {
      openFiles,
      ...limits,
    });
  return limits;
}

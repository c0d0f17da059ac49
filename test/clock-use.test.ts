/** The wall clock is read only for timestamps. Durations, timeouts, rates and pacing use `Clock.elapsed()`. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PACKAGES = ['core', 'daemon', 'plugin-kit', 'plugin-vapi', 'plugin-vobiz', 'plugin-deepgram'];
const WALL_CLOCK = /\bclock\.now\(\)|#clock\.now\(\)|\bDate\.now\b|\bnew Date\(\)/g;

/** Files that read the wall clock, how often, and for which timestamps. A new use needs a reason here. */
const ALLOWED: Readonly<Record<string, readonly [uses: number, reason: string]>> = {
  'packages/daemon/src/access/media-links.ts': [2, 'expiry that clients know, valid after a restart'],
  'packages/daemon/src/access/tokens/token-registry.ts': [
    5,
    'expiry that clients know, valid after a restart',
  ],
  'packages/daemon/src/cli/actions/migrate.ts': [1, 'when a migration finished'],
  'packages/daemon/src/cli/actions/token.ts': [4, 'creation and expiry of a token'],
  'packages/daemon/src/cluster/cluster.ts': [1, 'when the process started'],
  'packages/daemon/src/access/sign-in-audit.ts': [1, 'time of an audit entry'],
  'packages/daemon/src/audio/call-anchors.ts': [1, "start of a call's timeline"],
  'packages/daemon/src/audio/level-meters.ts': [1, 'time of an event'],
  'packages/daemon/src/backfill/backfill-service.ts': [
    4,
    'period and audit of a backfill, and its lease, which other nodes compare',
  ],
  'packages/daemon/src/calls/annotation-service.ts': [1, 'time of an event'],
  'packages/daemon/src/calls/number-erasure.ts': [1, 'time of an audit entry'],
  'packages/daemon/src/calls/retention/recording-space.ts': [1, 'time of an audit entry'],
  'packages/daemon/src/calls/retention/retention.ts': [3, 'age of calls, time of an audit entry'],
  'packages/daemon/src/calls/ingest.ts': [5, 'time of an event, arrival of text, expiry of a tombstone'],
  'packages/daemon/src/calls/loading/call-memory.ts': [1, 'expiry of a tombstone'],
  'packages/daemon/src/calls/recovery.ts': [2, 'time of an event'],
  'packages/daemon/src/calls/takeover/takeover.ts': [1, 'when a command ended'],
  'packages/daemon/src/commands/command-service.ts': [1, 'time of an event'],
  'packages/daemon/src/calls/erasure.ts': [4, 'times of audit entries, expiry of stored state'],
  'packages/daemon/src/composition/clients.ts': [1, 'last use of a token'],
  'packages/daemon/src/composition/endpoints.ts': [
    3,
    'time of audit entries; calls that are created later are not exported',
  ],
  'packages/daemon/src/composition/graphql.ts': [1, 'end of a waveform'],
  'packages/plugin-kit/src/replay/replay-claims.ts': [3, 'age of entries that all nodes share'],
  'packages/plugin-kit/src/replay/replay-pages.ts': [
    3,
    'age of stored state, valid after a restart, and of signatures that are valid by the wall clock',
  ],
  'packages/plugin-kit/src/state-lease.ts': [2, 'end of a lease, which other instances compare'],
  'packages/daemon/src/daemon.ts': [1, 'time of an audit entry'],
  'packages/daemon/src/http/ingress.ts': [1, 'time of receipt'],
  'packages/daemon/src/listening/listening-service.ts': [1, 'time of an event'],
  'packages/daemon/src/live/call-viewers.ts': [1, 'since when a client watches'],
  'packages/daemon/src/live/level-ticks.ts': [1, 'time of an event'],
  'packages/daemon/src/live/following/level-relay.ts': [1, 'time of an event'],
  'packages/daemon/src/operator/clock-watch.ts': [1, 'comparison with the monotonic time'],
  'packages/daemon/src/plugins/provider/diagnostics.ts': [1, 'when checks ended'],
  'packages/daemon/src/plugins/provider/event-gate.ts': [1, 'comparison with the time of an event'],
  'packages/daemon/src/plugins/provider/provider-host.ts': [1, 'time of an event'],
  'packages/daemon/src/plugins/provider/provider-notices.ts': [1, 'when a notice occurred last'],
  'packages/daemon/src/plugins/provider/provider-registry.ts': [
    2,
    'time of an event, and of the start of a capture',
  ],
  'packages/daemon/src/plugins/provider/provider-traffic.ts': [
    3,
    'when the last webhook was accepted or rejected, and the last event accepted',
  ],
  'packages/daemon/src/plugins/wire-capture/wire-capture.ts': [1, 'when a capture stopped'],
  'packages/daemon/src/plugins/requests/recent-requests.ts': [1, 'when a request began'],
  'packages/daemon/src/plugins/supervision/leased-resources.ts': [1, 'the clock of plugins'],
  'packages/daemon/src/plugins/supervision/plugin-lifecycle.ts': [
    3,
    'time of an attempt, and since when a state is',
  ],
  'packages/daemon/src/store/backup/restore.ts': [1, 'expiry of tokens'],
  'packages/daemon/src/store/backup/backup.ts': [1, 'time of a backup'],
  'packages/daemon/src/store/opening/migration-copies.ts': [1, 'age of a file'],
  'packages/daemon/src/system-clock.ts': [1, 'the clock itself'],
  'packages/daemon/src/tracing/trace-clock.ts': [1, 'times of spans'],
  'packages/daemon/src/transcription/transcript-writer.ts': [
    2,
    'times of events, which are not in the future',
  ],
  'packages/daemon/src/transcription/utterance-service.ts': [3, 'time of an event'],
  'packages/daemon/src/capture/capture-service.ts': [3, 'time of an event, latest end of a pause'],
  'packages/plugin-vapi/src/calls/call-store.ts': [2, 'age of stored state'],
  'packages/plugin-vapi/src/control/place-call.ts': [1, 'time of an event'],
  'packages/plugin-vapi/src/media/transport-calls.ts': [1, 'time of an event'],
  'packages/plugin-vapi/src/messages/receiver.ts': [1, 'time of an event'],
  'packages/plugin-vapi/src/rest/backfill.ts': [1, 'creation times in the account'],
  'packages/plugin-vapi/src/rest/call-refresher.ts': [3, 'time of an event'],
  'packages/plugin-vapi/src/rest/sweep.ts': [2, 'creation times in the account'],
  'packages/plugin-vapi/src/webhook/forwarder.ts': [1, 'time of an event'],
  'packages/plugin-vobiz/src/answer/after-stream.ts': [1, 'time of an event'],
  'packages/plugin-vobiz/src/answer/application-xml.ts': [2, 'time of an event'],
  'packages/plugin-vobiz/src/answer/call-xml.ts': [1, 'time of an event'],
  'packages/plugin-vobiz/src/calls/durable-state.ts': [1, 'expiry of stored state, valid after a restart'],
  'packages/plugin-vobiz/src/control/place-call.ts': [1, 'time of an event'],
  'packages/plugin-vobiz/src/provider.ts': [3, 'time of an event'],
  'packages/plugin-vobiz/src/relay/relay-commands.ts': [1, 'time of an event'],
  'packages/plugin-vobiz/src/relay/relay-state.ts': [1, 'time of an event'],
  'packages/plugin-vobiz/src/relay/relays.ts': [1, 'time of an event'],
  'packages/plugin-vobiz/src/rest/account.ts': [1, 'time of an event'],
  'packages/plugin-vobiz/src/rest/lookup.ts': [2, 'time of an event'],
  'packages/plugin-vobiz/src/session.ts': [3, 'time of an event'],
};

test('the wall clock is read only for the listed timestamps', () => {
  const found: Record<string, number> = {};
  for (const name of PACKAGES) {
    const folder = `packages/${name}/src`;
    for (const file of readdirSync(ROOT + folder, { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.ts')) continue;
      const path = `${folder}/${file}`;
      const uses = readFileSync(ROOT + path, 'utf8').match(WALL_CLOCK)?.length ?? 0;
      if (uses > 0) found[path] = uses;
    }
  }
  expect(found).toEqual(Object.fromEntries(Object.entries(ALLOWED).map(([path, [uses]]) => [path, uses])));
});

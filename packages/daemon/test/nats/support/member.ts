/** A process that is a node: `node --import tsx member.ts <url> <cluster> <node> <epoch> <leaseMs>`. It runs until it is killed. */
import { connectToCluster } from '../../../src/cluster/connection/connect.ts';
import { KvLeases } from '../../../src/cluster/membership/kv-leases.ts';
import { Membership } from '../../../src/cluster/membership/membership.ts';
import { systemClock as clock } from '../../../src/system-clock.ts';

const [url = '', name = '', node = '', epoch = '', lease = ''] = process.argv.slice(2);
const ignore = (): void => undefined;
const log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
const leaseMs = Number(lease);
const connection = await connectToCluster(
  { nats: [url], name, node, leaseSeconds: leaseMs / 1000 },
  { clock, log },
);
const store = new KvLeases({ client: connection.client, bucket: `${name}-nodes`, leaseMs, replicas: 1 });
const membership = await Membership.start(
  {
    node,
    epoch: Number(epoch),
    instance: String(process.pid),
    version: 'test',
    startedAt: 0,
    isDraining: false,
    leaseMs,
  },
  { store, clock, log },
);
connection.onChange((isConnected) => {
  if (isConnected) void membership.reconnected();
});
membership.onLease((state) => process.stdout.write(`${state}\n`));
process.stdout.write('started\n');

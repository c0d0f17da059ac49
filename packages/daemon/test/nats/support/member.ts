/** A process that is a node: `node --import tsx member.ts <url> <cluster> <node> <epoch> <leaseMs>`. It runs until it is killed. */
import { connectToCluster } from '../../../src/cluster/connection/connect.ts';
import { joinCluster } from '../../../src/cluster/membership/join-cluster.ts';
import { systemClock as clock } from '../../../src/system-clock.ts';

const [url = '', name = '', node = '', epoch = '', lease = ''] = process.argv.slice(2);
const ignore = (): void => undefined;
const log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
const settings = { nats: [url], name, node, leaseSeconds: Number(lease) / 1000, drainSeconds: 60 };
const connection = await connectToCluster(settings, { clock, log });
const identity = { epoch: Number(epoch), instance: String(process.pid), version: 'test', startedAt: 0 };
const membership = await joinCluster(identity, { settings, connection, clock, log });
membership.onLease((state) => process.stdout.write(`${state}\n`));
process.stdout.write('started\n');

/** Entry point of the thread of an isolated plugin. Started by `threads.ts`. */
import { parentPort, workerData } from 'node:worker_threads';
import { createDelayGauge } from '../../../loop/delay-gauge.ts';
import { systemClock } from '../../../system-clock.ts';
import { AddressGuard } from '../../sockets/address-guard.ts';
import type { Port } from '../link/parcel.ts';
import type { ThreadData, ThreadReport, ToThread } from './threads.ts';
import { serveThread } from './thread-plugin.ts';

/** Frames to record of a stack: by default, there are too few to find the plugin's. */
const STACK_FRAMES = 100;

const { providerId, socketMessageBytes, outgoing } = workerData as ThreadData;
const parent = parentPort!;
let listener: Parameters<Port['onParcel']>[0] = () => undefined;
const delays = createDelayGauge(systemClock);

const send = (report: ThreadReport, transfer: readonly ArrayBuffer[] = []): void =>
  parent.postMessage(report, transfer);

Error.stackTraceLimit = STACK_FRAMES;
const plugin = serveThread({
  providerId,
  clock: systemClock,
  access: { socketMessageBytes, addressGuard: new AddressGuard(outgoing) },
  port: {
    post: (parcel, transfer) => send({ parcel }, transfer),
    onParcel: (given) => void (listener = given),
  },
  onOverrun: () => send({ isOverrun: true }),
});

parent.on('message', (message: ToThread) => {
  if ('parcel' in message) return listener(message.parcel);
  send({
    pong: message.ping,
    blockedMs: delays.takeLongestMs(),
    dropped: plugin.takeDropped(),
    bufferBytes: process.memoryUsage().arrayBuffers,
  });
});
process.on('uncaughtException', (error) => plugin.onUncaught('a timer or an event emitter', error));
process.on('unhandledRejection', (error) => plugin.onUncaught('a promise', error));

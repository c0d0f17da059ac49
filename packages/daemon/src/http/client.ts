/** Whose connections and subscriptions are counted together. */
import type { IncomingMessage } from 'node:http';
import type { Viewer } from '../access/viewer.ts';

type Sender = Pick<IncomingMessage, 'socket'>;

/** The network address of whoever is at the other end: of a proxy, where there is one. */
export const addressOf = ({ socket }: Sender): string => socket.remoteAddress ?? 'unknown';

/** A viewer at an address. */
export const clientOf = (sender: Sender, { name }: Viewer): string => `${name}@${addressOf(sender)}`;

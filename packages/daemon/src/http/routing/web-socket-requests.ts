/** Requests whose only upgrade is to WebSocket. */
import { IncomingMessage } from 'node:http';

/**
 * Ignores upgrades to other protocols, as RFC 9110, section 7.8 permits: the request is answered over HTTP/1.1. The HTTP clients
 * of Java and curl offer HTTP/2 (`Upgrade: h2c`) in ordinary requests, which Node.js would hand over as raw sockets.
 */
export class WebSocketRequest extends IncomingMessage {
  /** What the parser found. Node.js sets `upgrade`, and reads it when it has all headers. */
  private isUpgrade = false;

  get upgrade(): boolean {
    return this.isUpgrade && (this.method === 'CONNECT' || /\bwebsocket\b/i.test(this.headers.upgrade ?? ''));
  }

  set upgrade(isUpgrade: boolean) {
    this.isUpgrade = isUpgrade;
  }
}

/**
 * The smallest possible relay: it connects to the agent for each socket and forwards messages in both directions. Its delay
 * is the cost of one more process on the machine.
 */
import { WebSocket, WebSocketServer } from 'ws';
import { announce } from '../support/ready.ts';

const agentUrl = process.argv[2]!;
const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });

server.on('connection', (near: WebSocket) => {
  const far = new WebSocket(agentUrl, { perMessageDeflate: false });
  const early: string[] = [];
  near.on('message', (data: Buffer) => {
    if (far.readyState === WebSocket.OPEN) far.send(data.toString());
    else early.push(data.toString());
  });
  far.on('open', () => early.splice(0).forEach((text) => far.send(text)));
  far.on('message', (data: Buffer) => near.send(data.toString()));
  near.on('close', () => far.close());
});
announce(server, 'ws');

/** Decides who may access the audio of a call: viewers with a token in a header or in the URL, and holders of a signed URL. */
import type { IncomingMessage } from 'node:http';
import type { MediaLinks } from '../access/media-links.ts';
import { requireScope } from '../access/scopes.ts';
import type { Viewer } from '../access/viewer.ts';
import type { Gate } from './gate.ts';

interface MediaAccessDeps {
  readonly gate: Pick<Gate, 'checkSender' | 'socketViewer'>;
  readonly links: Pick<MediaLinks, 'viewer'>;
}

export interface MediaRequester {
  readonly viewer: Viewer;
  /** Whether the viewer made a link, and somebody used it. */
  readonly isByLink: boolean;
}

export interface MediaAccess {
  /**
   * Returns who requests the audio, or who made the link to it. The link decides alone if there is one.
   * @throws {FaultError} REQUEST_FORBIDDEN, AUTH_REQUIRED, FORBIDDEN, MEDIA_LINK_INVALID or MEDIA_LINK_EXPIRED.
   */
  requester(request: IncomingMessage, url: URL): MediaRequester;
}

export const createMediaAccess = ({ gate, links }: MediaAccessDeps): MediaAccess => ({
  requester(request, url) {
    gate.checkSender(request);
    const linked = links.viewer(url);
    // A browser cannot send a header for an audio element or a socket, so the token can also be in the URL.
    const viewer = linked ?? gate.socketViewer(request);
    requireScope(viewer, 'LISTEN', 'this endpoint');
    return { viewer, isByLink: linked !== undefined };
  },
});

/** Tells frames of a stack, and paths, of the daemon from those of plugins. */
import { fileURLToPath } from 'node:url';

/** The sources, or the folder of the package if it is built. */
const OWN_FOLDER = new URL('../..', import.meta.url);
const OWN_PATHS = [OWN_FOLDER.href, fileURLToPath(OWN_FOLDER)];
/** The libraries in the built daemon (`scripts/build-bundle.mjs`). They may have called a plugin without the daemon. */
const LIBRARIES = /[\\/]bundle[\\/]libraries/;

/** Whether a text names a file of the daemon, its bundled libraries included. */
export const namesOwnFile = (text: string): boolean => OWN_PATHS.some((path) => text.includes(path));

/** Whether a frame of a stack is of the daemon's own code. */
export const isOwnFrame = (frame: string): boolean => namesOwnFile(frame) && !LIBRARIES.test(frame);

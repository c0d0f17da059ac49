/** The operating system's limit of open files, which includes connections. */
import { readFileSync } from 'node:fs';

interface ConnectionLimits {
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
}

/** Files that are kept for the database, its reader threads, recordings and the connections of plugins. */
export const RESERVED_FILES = 128;

/** Returns the limit in the text of `/proc/self/limits`, or undefined if there is none. */
export const openFilesIn = (text: string): number | undefined => {
  const [, soft] = /^Max open files +(\d+)/m.exec(text) ?? [];
  return soft === undefined ? undefined : Number(soft);
};

/** Returns the limit of this process, or undefined if it is not known. Node.js raises it to the hard limit at its start. */
export function openFileLimit(): number | undefined {
  try {
    return openFilesIn(readFileSync('/proc/self/limits', 'utf8'));
  } catch {
    return undefined;
  }
}

/** Reduces the limits to the connections that the operating system permits, the share of an address in proportion. */
export function permittedConnections(
  limits: ConnectionLimits,
  openFiles: number | undefined,
): ConnectionLimits {
  const room = Math.max(1, (openFiles ?? Infinity) - RESERVED_FILES);
  if (limits.maxConnections <= room) return limits;
  const perAddress = Math.floor((limits.maxConnectionsPerAddress * room) / limits.maxConnections);
  return { maxConnections: room, maxConnectionsPerAddress: Math.max(1, perAddress) };
}

/** How often and how long a plugin kept an event loop from turning: that of the daemon, or that of its own thread. */
import { FAULTS, type Logger } from '@sidetone/core';
import type { SetupNotices } from './provider-notices.ts';

interface PluginBlocksDeps {
  readonly log: Pick<Logger, 'warn'>;
  readonly notices: Pick<SetupNotices, 'add'>;
}

export class PluginBlocks {
  readonly #deps: PluginBlocksDeps;
  /** Number of blocks since the daemon started. */
  count = 0;
  /** The longest of them, ms. */
  longestMs = 0;

  constructor(deps: PluginBlocksDeps) {
    this.#deps = deps;
  }

  /** Counts a block, and shows it as a notice of the provider. @param work what the plugin did, without personal data */
  add(work: string, blockedMs: number): void {
    this.count++;
    this.longestMs = Math.max(this.longestMs, blockedMs);
    this.#show(`${work} blocked the event loop for ${Math.round(blockedMs)} ms`);
  }

  /** The thread of the plugin has not answered for so long, and may do so later. */
  notAnswering(sinceMs: number): void {
    this.#show(`the thread of the plugin has not answered for ${Math.round(sinceMs)} ms`);
  }

  #show(reason: string): void {
    this.#deps.notices.add('PLUGIN_BLOCKED', `${reason}. ${FAULTS.PLUGIN_BLOCKED.remedy}`);
    this.#deps.log.warn('plugin blocked', { code: 'PLUGIN_BLOCKED', reason });
  }
}

/** The parts by which this node exchanges live data with the others. */
import type { LevelRelay } from './level-relay.ts';
import type { PartialRelay } from './partial-relay.ts';
import type { SharedDemand } from './shared-demand.ts';

export interface NodeRelay {
  readonly demand: SharedDemand;
  readonly partials: PartialRelay;
  readonly levels: LevelRelay;
}

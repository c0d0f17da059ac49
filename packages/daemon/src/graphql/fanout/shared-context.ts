/** The context of an execution whose result may be shared. It notices if the result depends on who the client is. */
import type { Scope, Viewer } from '../../access/viewer.ts';
import type { Context } from '../context.ts';

export class SharedContext implements Context {
  readonly viewer: Viewer;
  readonly #context: Context;
  #isPersonal = false;

  constructor(context: Context) {
    this.#context = context;
    this.viewer = new SharedViewer(context.viewer, () => (this.#isPersonal = true));
  }

  get client(): string {
    this.#isPersonal = true;
    return this.#context.client;
  }

  /** Whether anything was read that differs between clients with the same scopes. */
  get isPersonal(): boolean {
    return this.#isPersonal;
  }
}

class SharedViewer implements Viewer {
  /** Those of all clients of a shared operation. */
  readonly scopes: ReadonlySet<Scope>;
  readonly #viewer: Viewer;
  readonly #onName: () => void;

  constructor(viewer: Viewer, onName: () => void) {
    this.scopes = viewer.scopes;
    this.#viewer = viewer;
    this.#onName = onName;
  }

  get name(): string {
    this.#onName();
    return this.#viewer.name;
  }
}

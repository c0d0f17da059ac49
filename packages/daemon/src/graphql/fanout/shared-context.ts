/** The context of an execution whose result may be shared. It notices if the result depends on who the client is. */
import type { Viewer } from '../../access/viewer.ts';
import type { Context } from '../context.ts';

export class SharedContext implements Context {
  readonly viewer: Viewer;
  readonly #context: Context;
  #isPersonal = false;

  constructor(context: Context) {
    this.#context = context;
    const read = (): void => void (this.#isPersonal = true);
    const { name, scopes } = context.viewer;
    this.viewer = {
      get name(): string {
        read();
        return name;
      },
      // All clients of a shared operation have the same scopes.
      scopes,
    };
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

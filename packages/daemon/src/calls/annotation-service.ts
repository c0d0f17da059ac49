/** What people add to a call, live or over: tags and notes. Stored as facts like all else. */
import {
  FaultError,
  invalidArgument,
  type Call,
  type CallId,
  type Clock,
  type IdSource,
  type Note,
} from '@sidetone/core';
import type { Ingest } from './ingest.ts';
import type { StoredNote } from './ports.ts';

export const MAX_TAGS_PER_CALL = 50;
export const MAX_TAG_CHARACTERS = 64;
export const MAX_NOTES_PER_CALL = 500;
export const MAX_NOTE_CHARACTERS = 10_000;

export interface AnnotationServiceDeps {
  readonly ingest: Ingest;
  readonly ids: Pick<IdSource, 'note'>;
  readonly clock: Clock;
}

export class AnnotationService {
  readonly #deps: AnnotationServiceDeps;

  constructor(deps: AnnotationServiceDeps) {
    this.#deps = deps;
  }

  /**
   * Takes tags away from a call, then adds some. What it has already, or has not, does not matter. Gives the call as stored.
   * @throws {FaultError} CALL_NOT_FOUND, or INPUT_INVALID for a tag that is none, or one too many.
   */
  async tag(callId: CallId, add: readonly string[], remove: readonly string[]): Promise<Call> {
    const call = this.#known(callId);
    const wanted = tagsOf('add', add);
    const unwanted = tagsOf('remove', remove);
    const both = wanted.findIndex((tag) => unwanted.includes(tag));
    if (both !== -1) throw invalidArgument(`add.${both}`, 'a tag is either added or removed');
    const tagsAdded = [...new Set(wanted)].filter((tag) => !call.tags.includes(tag));
    const tagsRemoved = call.tags.filter((tag) => unwanted.includes(tag));
    if (call.tags.length + tagsAdded.length - tagsRemoved.length > MAX_TAGS_PER_CALL) {
      throw invalidArgument('add', `a call has at most ${MAX_TAGS_PER_CALL} tags`);
    }
    if (tagsAdded.length + tagsRemoved.length > 0) {
      this.#deps.ingest.record(callId, {
        type: 'CALL_ANNOTATED',
        ...(tagsAdded.length > 0 && { tagsAdded }),
        ...(tagsRemoved.length > 0 && { tagsRemoved }),
      });
    }
    await this.#deps.ingest.committed();
    return this.#known(callId);
  }

  /** @throws {FaultError} CALL_NOT_FOUND, or INPUT_INVALID for a note that is none, or one too many. */
  async addNote(
    callId: CallId,
    text: string,
    offsetMs: number | undefined,
    author: string,
  ): Promise<StoredNote> {
    const { ingest, ids, clock } = this.#deps;
    const call = this.#known(callId);
    if (text.trim() === '') throw invalidArgument('text', 'expected words');
    if (text.length > MAX_NOTE_CHARACTERS) {
      throw invalidArgument('text', `a note has at most ${MAX_NOTE_CHARACTERS} characters`);
    }
    if (offsetMs !== undefined && offsetMs < 0) throw invalidArgument('offsetMs', 'expected 0 or more');
    if (call.noteCount >= MAX_NOTES_PER_CALL) {
      throw invalidArgument('callId', `a call has at most ${MAX_NOTES_PER_CALL} notes`);
    }
    const note: Note = { id: ids.note(), text, author, ...(offsetMs !== undefined && { offsetMs }) };
    const at = clock.now();
    ingest.record(callId, { type: 'CALL_ANNOTATED', note }, at);
    await ingest.committed();
    return { callId, at, note };
  }

  #known(callId: CallId): Call {
    const call = this.#deps.ingest.current(callId);
    if (!call) throw new FaultError('CALL_NOT_FOUND', 'there is no call with this id');
    return call;
  }
}

/** The tags as they are kept: without blanks around them, and composed, so that what looks the same is the same. */
function tagsOf(argument: string, tags: readonly string[]): readonly string[] {
  return tags.map((told, i) => {
    const tag = told.trim().normalize('NFC');
    const isGood = tag !== '' && tag.length <= MAX_TAG_CHARACTERS && !/[\p{C}\p{Zl}\p{Zp}]/u.test(tag);
    if (isGood) return tag;
    throw invalidArgument(
      `${argument}.${i}`,
      `a tag has 1 to ${MAX_TAG_CHARACTERS} characters and no control characters`,
    );
  });
}

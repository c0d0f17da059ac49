/** Tags and notes that people add to a call, live or ended. They are stored as events of the call. */
import {
  FaultError,
  invalidArgument,
  normalizeUnicode,
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
   * Removes and adds tags and returns the call as stored. Ignores tags to add that the call already has, and tags to remove
   * that it does not have.
   * @throws {FaultError} CALL_NOT_FOUND, or INPUT_INVALID for an invalid tag or too many tags.
   */
  async tag(callId: CallId, add: readonly string[], remove: readonly string[], by: string): Promise<Call> {
    await this.#deps.ingest.ready(callId);
    const call = this.#existing(callId);
    const toAdd = normalizeTags('add', add);
    const toRemove = normalizeTags('remove', remove);
    const inBoth = toAdd.findIndex((tag) => toRemove.includes(tag));
    if (inBoth !== -1) throw invalidArgument(`add.${inBoth}`, 'a tag cannot be both added and removed');
    const tagsAdded = [...new Set(toAdd)].filter((tag) => !call.tags.includes(tag));
    const tagsRemoved = call.tags.filter((tag) => toRemove.includes(tag));
    if (call.tags.length + tagsAdded.length - tagsRemoved.length > MAX_TAGS_PER_CALL) {
      throw invalidArgument('add', `a call has at most ${MAX_TAGS_PER_CALL} tags`);
    }
    if (tagsAdded.length + tagsRemoved.length > 0) {
      this.#deps.ingest.recordBy(by, callId, {
        type: 'CALL_ANNOTATED',
        ...(tagsAdded.length > 0 && { tagsAdded }),
        ...(tagsRemoved.length > 0 && { tagsRemoved }),
      });
    }
    await this.#deps.ingest.recorded(callId);
    return this.#existing(callId);
  }

  /** @throws {FaultError} CALL_NOT_FOUND, or INPUT_INVALID for an invalid note or too many notes. */
  async addNote(
    callId: CallId,
    text: string,
    offsetMs: number | undefined,
    author: string,
  ): Promise<StoredNote> {
    const { ingest, ids, clock } = this.#deps;
    await ingest.ready(callId);
    const call = this.#existing(callId);
    if (text.trim() === '') throw invalidArgument('text', 'expected a non-blank string');
    if (text.length > MAX_NOTE_CHARACTERS) {
      throw invalidArgument('text', `a note has at most ${MAX_NOTE_CHARACTERS} characters`);
    }
    if (offsetMs !== undefined && offsetMs < 0) throw invalidArgument('offsetMs', 'expected 0 or more');
    if (call.noteCount >= MAX_NOTES_PER_CALL) {
      throw invalidArgument('callId', `a call has at most ${MAX_NOTES_PER_CALL} notes`);
    }
    const note: Note = { id: ids.note(), text, author, ...(offsetMs !== undefined && { offsetMs }) };
    const at = clock.now();
    ingest.recordBy(author, callId, { type: 'CALL_ANNOTATED', note }, at);
    await ingest.recorded(callId);
    return { callId, at, note };
  }

  #existing(callId: CallId): Call {
    const call = this.#deps.ingest.current(callId);
    if (!call) throw new FaultError('CALL_NOT_FOUND', 'there is no call with this id');
    return call;
  }
}

/** Returns the tags trimmed and in Unicode composed form, so that tags that look equal are equal. */
function normalizeTags(argument: string, tags: readonly string[]): readonly string[] {
  return tags.map((given, i) => {
    const tag = normalizeUnicode(given.trim(), 'NFC');
    const isValid = tag !== '' && tag.length <= MAX_TAG_CHARACTERS && !/[\p{C}\p{Zl}\p{Zp}]/u.test(tag);
    if (isValid) return tag;
    throw invalidArgument(
      `${argument}.${i}`,
      `a tag has 1 to ${MAX_TAG_CHARACTERS} characters and no control characters`,
    );
  });
}

import type { Topic } from './topic.js';

/**
 * The topics of one link, by the ids that messages may carry: the id of the message that asked for a topic, or one that
 * the server has given it. Where both are numbers, a number may be an id of either kind, of two topics. Then it is the
 * server's, and from then on ours count only where the server has given none.
 */
export class TopicIds<In, K> {
  readonly #ours = new Map<unknown, Topic<In, K>>();
  readonly #theirs = new Map<unknown, Topic<In, K>>();
  /** The server's ids for those that it has answered for; `undefined` where it has given none. */
  readonly #given = new Map<Topic<In, K>, unknown>();
  /** Whether messages carry the server's ids, once that has shown. */
  #areTheirs: boolean | undefined;
  /** The server's ids for those that were left before it has: late messages may still carry them. */
  readonly #left = new Set<unknown>();

  find(id: unknown): Topic<In, K> | undefined {
    const [ours, theirs] = [this.#ours.get(id), this.#theirs.get(id)];
    if (theirs && theirs !== ours) this.#areTheirs = true;
    if (theirs || !ours) return theirs;
    const as = this.#given.get(ours);
    const hasNone = as === undefined && this.#given.has(ours);
    if (this.#areTheirs && !hasNone) return undefined; // of a topic that was left, or is not known yet
    if (this.#areTheirs === undefined && this.#left.has(id)) return undefined; // perhaps of that
    if (as !== undefined) this.#areTheirs = false;
    return ours;
  }

  /** The server is asked for it by a message with the id. */
  add(id: unknown, topic: Topic<In, K>): void {
    this.#ours.set(id, topic);
  }

  /** The server has answered for it, and may have given it an id. */
  answered(topic: Topic<In, K>, as: unknown): void {
    const id = as ?? this.#given.get(topic);
    if (id !== undefined) this.#theirs.set(id, topic);
    this.#given.set(topic, id);
  }

  /** It is not asked for any more by the message with the id. */
  remove(id: unknown, topic: Topic<In, K>): void {
    const as = this.#given.get(topic);
    this.#given.delete(topic);
    if (this.#ours.get(id) === topic) this.#ours.delete(id);
    if (this.#theirs.get(as) === topic) this.#theirs.delete(as);
    if (as !== undefined && this.#areTheirs === undefined) this.#left.add(as);
  }
}

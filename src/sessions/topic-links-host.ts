import type { Topic } from './topic.js';

/** What `TopicLinks` needs of the topic table. */
export interface TopicLinksHost<In, K> {
  readonly topics: ReadonlyMap<K, Topic<In, K>>;
  /** Whether all topics have readers. */
  readonly areRead: boolean;
  deliver(topic: Topic<In, K>, message: In): void;
  /** Forgets a topic without subscribers, after it was unsubscribed from at the server or the link was lost. */
  remove(topic: Topic<In, K>): void;
  /** Errors the streams of a topic that the server serves, which is asked to stop. */
  fail(topic: Topic<In, K>, thrown: unknown): void;
  /** Errors the streams of a topic. */
  end(topic: Topic<In, K>, error: { readonly thrown: unknown }): void;
}

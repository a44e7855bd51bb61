import type { Subject } from 'rxjs';
import type { CloseFields } from '../protocol/errors.js';
import type { RejectedEvent } from '../protocol/lifecycle.js';
import type { SenderCore, SenderOwner } from './link-sender.js';

/** What a link needs of the run that it belongs to. */
export interface LinkHost<In, Out> {
  readonly core: SenderCore<In, Out>;
  /** Delivers a message of a link to all readers, and to those of the link. */
  deliver(message: In, ofLink: Subject<In> | undefined, link: DeliveringLink): void;
}

/** A link that delivers a message. */
export interface DeliveringLink {
  /** What the message was made of. */
  frame: string | Uint8Array | undefined;
}

/** What a link needs of the attempt that it belongs to. */
export interface LinkOwner extends SenderOwner {
  readonly closeEvent: CloseFields | undefined;
  emit(event: RejectedEvent): void;
  close(code?: number, reason?: string): void;
  terminate(error: Error, code?: number): void;
}

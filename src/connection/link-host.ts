import type { Subject } from 'rxjs';
import type { CloseFields } from '../protocol/errors.js';
import type { RejectedEvent } from '../protocol/lifecycle.js';
import type { SenderCore, SenderOwner } from './link-sender.js';

/** What a link needs of the run that it belongs to. */
export interface LinkHost<In, Out> {
  readonly core: SenderCore<In, Out>;
  /** Delivers a message to all readers, and to those of this link. */
  deliver(message: In, ofLink: Subject<In> | undefined): void;
}

/** What a link needs of the attempt that it belongs to. */
export interface LinkOwner extends SenderOwner {
  readonly closeEvent: CloseFields | undefined;
  emit(event: RejectedEvent): void;
  close(code?: number, reason?: string): void;
  terminate(error: Error, code?: number): void;
}

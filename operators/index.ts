export { bufferCountOrTime } from './buffer-count-or-time.js';
export { completeOnClose } from './complete-on-close.js';
export { heartbeat } from './heartbeat.js';
export type { HeartbeatOptions } from './heartbeat.js';
export { ofType } from './of-type.js';
export { retryWithBackoff } from './retry-with-backoff.js';
export type { RetryWithBackoffOptions } from './retry-with-backoff.js';
export { stopOnFatalClose } from './stop-on-fatal-close.js';
export type { StopOnFatalCloseOptions } from './stop-on-fatal-close.js';

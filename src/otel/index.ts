export { collectMetrics } from './collect-metrics.js';
export type { TelemetryOptions } from './collect-metrics.js';

export { collectMetrics } from './collect-metrics.js';
export type { CollectMetricsOptions } from './collect-metrics.js';

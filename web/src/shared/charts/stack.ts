import type { Family, Histogram, HistogramBucket } from '../api/types';

/** Bottom of the bar first. */
export const stackOrder: Family[] = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'unknown'];

export function bucketTotal(bucket: HistogramBucket): number {
  return stackOrder.reduce((sum, family) => sum + (bucket[family] ?? 0), 0);
}

/**
 * Columns for the chart: x in seconds, then the cumulated heights, tallest first, because a bar drawn later covers the
 * lower part of one drawn before.
 */
export function cumulated(
  buckets: HistogramBucket[],
  shown: Family[],
): { x: number[]; order: Family[]; columns: number[][] } {
  const order = stackOrder.filter((family) => shown.includes(family));
  const heights = new Array<number>(buckets.length).fill(0);
  const columns = order.map((family) => buckets.map((bucket, i) => (heights[i]! += bucket[family] ?? 0)));
  return { x: buckets.map((bucket) => bucket.time / 1000), order: order.reverse(), columns: columns.reverse() };
}

/** The main fact of the chart in one sentence. */
export function histogramSentence(histogram: Histogram): string {
  const total = histogram.buckets.reduce((sum, bucket) => sum + bucketTotal(bucket), 0);
  if (total === 0) return 'No log records in this range.';
  const errors = histogram.totals.error + histogram.totals.fatal;
  return `${total.toLocaleString('en-US')} log records, ${errors.toLocaleString('en-US')} of them errors or fatal.`;
}

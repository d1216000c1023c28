import type { Trace, TraceSpan } from '../../shared/api/types';

/** A span's place on the ruler: both as a share of the whole trace, 0 to 1. */
export interface Bar {
  left: number;
  width: number;
}

export interface Extent {
  start: bigint;
  nanos: number;
}

/** From the first start to the last end; the trace's own figures may leave late spans out. */
export function extentOf(trace: Trace): Extent {
  if (trace.spans.length === 0) return { start: 0n, nanos: 1 };
  let start = BigInt(trace.spans[0]!.startNanos);
  let end = start;
  for (const span of trace.spans) {
    const from = BigInt(span.startNanos);
    const to = from + BigInt(span.durationNanos);
    if (from < start) start = from;
    if (to > end) end = to;
  }
  return { start, nanos: Math.max(1, Number(end - start)) };
}

export function barOf(span: TraceSpan, extent: Extent): Bar {
  const left = Number(BigInt(span.startNanos) - extent.start) / extent.nanos;
  return { left, width: span.durationNanos / extent.nanos };
}

export function hasFailed(span: TraceSpan): boolean {
  return span.status.toLowerCase() === 'error';
}

/** The index of the next failed span in the direction, around the end. */
export function nextFailed(spans: TraceSpan[], from: number, step: 1 | -1): number {
  for (let i = 1; i <= spans.length; i++) {
    const index = (from + step * i + spans.length * 2) % spans.length;
    if (hasFailed(spans[index]!)) return index;
  }
  return from;
}

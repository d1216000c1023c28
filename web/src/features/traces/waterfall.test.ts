import { expect, it } from 'vitest';
import type { Trace, TraceSpan } from '../../shared/api/types';
import { barOf, extentOf, nextFailed } from './waterfall';

const base = 1_795_262_400_000_000_000n;
const span = (id: string, start: number, length: number, status = 'ok') =>
  ({
    spanId: id,
    startNanos: String(base + BigInt(start)),
    durationNanos: length,
    status,
    depth: 0,
  }) as unknown as TraceSpan;

it('measures from the first start to the last end, to the nanosecond', () => {
  const spans = [span('a', 0, 100), span('b', 60, 90)];
  const extent = extentOf({ spans } as Trace);
  expect(extent.nanos).toBe(150);
  expect(barOf(spans[1]!, extent)).toEqual({ left: 0.4, width: 0.6 });
});

it('finds the next failed span around the end, and stays when there is none', () => {
  const spans = [span('a', 0, 1, 'error'), span('b', 0, 1), span('c', 0, 1, 'Error')];
  expect(nextFailed(spans, 0, 1)).toBe(2);
  expect(nextFailed(spans, 2, 1)).toBe(0);
  expect(nextFailed(spans, 0, -1)).toBe(2);
  expect(nextFailed([span('b', 0, 1)], 0, 1)).toBe(0);
});

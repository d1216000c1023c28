import type { LogEntry } from '../../shared/api/types';
import type { TimeRange } from '../../shared/time/range';
import { fieldIs } from './query';

/** Ranges are read no finer. */
const tick = 100n;

/** Nanoseconds since 1970 of an ISO 8601 time with any number of digits. */
export function nanosOf(time: string): bigint {
  const [, seconds = '', fraction = '', offset = 'Z'] = /^(.*?)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/.exec(time) ?? [];
  return BigInt(Date.parse(seconds + offset)) * 1_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, '0'));
}

/** Whether two records are of the same moment and read the same. */
export const isSame = (a: LogEntry, b: LogEntry) => a.time === b.time && a.body === b.body;

function isoOf(nanos: bigint): string {
  const fraction = (nanos % 1_000_000_000n).toString().padStart(9, '0').slice(0, 7);
  return `${new Date(Number(nanos / 1_000_000_000n) * 1000).toISOString().slice(0, 19)}.${fraction}Z`;
}

/** The smallest range that holds the record, and a query that shows it between its neighbours. */
export function aroundQuery(entry: LogEntry, count: number): { q: string; range: TimeRange } {
  const at = nanosOf(entry.time);
  const from = at - (at % tick);
  const filter = [entry.service && fieldIs('service', entry.service), entry.level && `level:${entry.level}`].filter(Boolean).join(' ');
  return { q: `${filter || '*'} | context ${count}`, range: { from: isoOf(from), to: isoOf(from + tick) } };
}

import type { LogEntry } from '../../shared/api/types';
import type { QueryAnswer, Value } from './answer';

const own = ['time', 'level', 'service', 'message', 'trace', 'span', 'attributes', 'resource'];

/** An answer whose rows are records, as records; further columns join the attributes. */
export function recordsOf(answer: Pick<QueryAnswer, 'columns' | 'rows'>): { rows: LogEntry[]; further: string[] } | undefined {
  const names = answer.columns.map(({ name }) => name);
  if (!['time', 'level', 'service', 'message', 'attributes'].every((name) => names.includes(name))) return undefined;
  const at = (name: string) => names.indexOf(name);
  const further = names.filter((name) => !own.includes(name));
  const text = (row: Value[], name: string) => (at(name) < 0 || row[at(name)] === null ? '' : String(row[at(name)]));
  const map = (row: Value[], name: string) => (at(name) >= 0 ? ((row[at(name)] ?? {}) as Record<string, unknown>) : {});
  const rows = answer.rows.map(
    (row, i): LogEntry => ({
      id: `${text(row, 'time')} ${i}`,
      timeNanos: '',
      time: text(row, 'time'),
      severity: 0,
      level: text(row, 'level'),
      service: text(row, 'service'),
      body: text(row, 'message'),
      traceId: text(row, 'trace') || undefined,
      spanId: text(row, 'span') || undefined,
      attributes: {
        ...map(row, 'attributes'),
        ...Object.fromEntries(further.flatMap((name) => (row[at(name)] === null ? [] : [[name, row[at(name)]]]))),
      },
      resource: map(row, 'resource'),
    }),
  );
  return { rows, further };
}

/** The value of a field as one line; fields of the record go before those of its resource. */
export function fieldText(entry: LogEntry, name: string): string {
  const value =
    name === 'trace_id' || name === 'trace'
      ? entry.traceId
      : name === 'span_id' || name === 'span'
        ? entry.spanId
        : (entry.attributes?.[name] ?? entry.resource?.[name]);
  return value === undefined || value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
}

export const columnsOf = (cols?: string): string[] => [...new Set((cols ?? '').split(',').map((each) => each.trim()))].filter(Boolean);

/** With the column, or without it when it was there. */
export function withColumn(cols: string | undefined, name: string): string | undefined {
  const held = columnsOf(cols);
  return (held.includes(name) ? held.filter((each) => each !== name) : [...held, name]).join(',') || undefined;
}

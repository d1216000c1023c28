import { expect, it } from 'vitest';
import type { LogEntry } from '../../shared/api/types';
import { aroundQuery, isSame, nanosOf } from './neighbours';
import { columnsOf, fieldText, recordsOf, withColumn } from './rows';

it('asks for the neighbours of one record by its exact time', () => {
  const entry = { time: '2026-01-02T03:04:05.123456789Z', service: 'check out', level: 'info' } as LogEntry;
  expect(aroundQuery(entry, 20)).toEqual({
    q: 'service:="check out" level:info | context 20',
    range: { from: '2026-01-02T03:04:05.1234567Z', to: '2026-01-02T03:04:05.1234568Z' },
  });
  expect(nanosOf('2026-01-02T03:04:05Z') % 1_000_000_000n).toBe(0n);
  expect(nanosOf('2026-01-02T05:04:05.1234567+02:00')).toBe(nanosOf('2026-01-02T03:04:05.1234567Z'));
  expect(isSame({ ...entry, body: 'x' }, { ...entry, body: 'x' })).toBe(true);
  expect(isSame({ ...entry, body: 'x' }, { ...entry, time: '2026-01-02T03:04:05.123456788Z', body: 'x' })).toBe(false);
  expect(aroundQuery({ time: '2026-01-02T03:04:59.9999999Z', service: '', level: '' } as LogEntry, 5)).toEqual({
    q: '* | context 5',
    range: { from: '2026-01-02T03:04:59.9999999Z', to: '2026-01-02T03:05:00.0000000Z' },
  });
});

it('takes rows that are records for records, with what a pipe has added', () => {
  const names = ['time', 'level', 'service', 'message', 'trace', 'span', 'attributes', 'resource', 'slow'];
  const columns = names.map((name) => ({ name, kind: 'string' as const }));
  const row = ['2026-01-01T00:00:00Z', 'warn', 'shop', 'hi', null, null, { ms: 7 }, { 'host.name': 'a' }, true];
  const found = recordsOf({ columns, rows: [row, [...row.slice(0, 8), null]] })!;
  expect(found.further).toEqual(['slow']);
  expect(found.rows[0]).toMatchObject({ body: 'hi', traceId: undefined, attributes: { ms: 7, slow: true } });
  expect(found.rows[1]!.attributes).toEqual({ ms: 7 });
  expect(found.rows[0]!.id).not.toBe(found.rows[1]!.id);
  expect(fieldText(found.rows[0]!, 'host.name')).toBe('a');
  expect(recordsOf({ columns: columns.slice(1), rows: [] })).toBeUndefined();
});

it('adds a column once and takes it away again', () => {
  expect(withColumn(undefined, 'a')).toBe('a');
  expect(withColumn('a,b', 'a')).toBe('b');
  expect(withColumn('a', 'a')).toBeUndefined();
  expect(columnsOf(' a ,,b,a')).toEqual(['a', 'b']);
});

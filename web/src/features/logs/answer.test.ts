import { describe, expect, it } from 'vitest';
import { compareValues, displaysOf, narrowed, pipesOfPlan, segmentsRead, shapeOf, type Column } from './answer';

const columns = (text: string): Column[] =>
  text.split(' ').map((each) => ({ name: each.split(':')[0]!, kind: (each.split(':')[1] ?? 'string') as Column['kind'] }));
const shape = (query: string, names: string) => shapeOf({ query, columns: columns(names) });
const shown = (query: string, names: string) =>
  displaysOf({ query, columns: columns(names) }, shape(query, names))[0];

describe('the shape of an answer', () => {
  it('knows groups and measures of stats', () => {
    const found = shape('* | stats count(), avg(ms) as mean by path, bin(time, 5m) as t, `a b`', 'path t:time a:none mean:double count:int');
    expect(found.keys).toEqual([{ column: 0, field: 'path' }]);
    expect(found.measures).toEqual([3, 4]);
    expect(found.time).toBe(1);
  });

  it('takes a group of numbers for a group', () => {
    expect(shape('* | stats count() by status', 'status:int count:int')).toMatchObject({
      keys: [{ column: 0, field: 'status' }],
      measures: [1],
    });
  });

  it('knows what top counts, and that the query has sorted it', () => {
    expect(shape('* | top 5 path, method by service', 'service path method count:int share:double')).toMatchObject({
      keys: [
        { column: 0, field: 'service' },
        { column: 1, field: 'path' },
        { column: 2, field: 'method' },
      ],
      sorted: true,
    });
  });

  it('leaves brackets, quotes and renamed expressions alone', () => {
    const found = shape('* | stats count(if(a, "x by y", b)) as n by lower(path) as p, concat(a, ", ", b)', 'p concat n:int');
    expect(found.keys).toEqual([{ column: 0, field: undefined }]);
  });

  it('is records without a pipe that counts', () => {
    expect(shape('a | where b > 1 | limit 3', 'time:time level:level message')).toMatchObject({ verb: undefined, keys: [] });
  });
});

describe('how it is shown', () => {
  it.each([
    ['* | timechart 1m count() by level', 'time:time level:level count:int', 'bar'],
    ['* | timechart 1m p95(ms)', 'time:time p95_ms:double', 'line'],
    ['* | timechart 1m count() | fields count', 'count:int', 'table'],
    ['* | stats count() by bin(time, 1m) as t', 't:time count:int', 'bar'],
    ['* | stats count() by path', 'path count:int', 'bars'],
    ['* | stats count(), p95(ms) by path', 'path count:int p95_ms:int', 'table'],
    ['* | stats count()', 'count:int', 'table'],
    ['* | top 10 path', 'path count:int share:double', 'bars'],
    ['* | patterns 50', 'pattern count:int first:time', 'patterns'],
    ['* | limit 3 | fields time, message', 'time:time message', 'table'],
    ['* | limit 3', 'time:time level:level service message trace span attributes:json resource:json', 'records'],
  ])('%s', (query, names, expected) => expect(shown(query, names)).toBe(expected));
});

it('reads pipes as the server spells them', () => {
  expect(pipesOfPlan('level:"a|b" | where x == "|" | top 3 y')).toEqual([
    { verb: 'where', rest: 'x == "|"' },
    { verb: 'top', rest: '3 y' },
  ]);
});

describe('a click on a group', () => {
  const plain = shape('* | stats count() by path', 'path count:int');
  it('becomes a filter, and the pipes go', () => {
    expect(narrowed('level:error | stats count() by path', plain, 'path', '/a b')).toBe('level:error path:="/a b"');
    expect(narrowed('* | stats count() by path', plain, 'path', 500)).toBe('path:=500');
    expect(narrowed('* | stats count() by path', plain, 'path', null)).toBe('-path:*');
  });

  it('stays behind the pipe that has made the field', () => {
    const made = shape('* | parse json | stats count() by card.kind', 'card.kind count:int');
    expect(narrowed('* | parse json | stats count() by card.kind', made, 'card.kind', 'vi"sa')).toBe(
      '* | parse json | where card.kind == "vi\\"sa"',
    );
    expect(narrowed('* | parse json | stats count() by x', made, 'x', null)).toBe('* | parse json | where not exists(x)');
  });
});

it('sorts numbers as numbers and what is missing last either way', () => {
  const values = [10, null, 9, 'b', 'a'];
  expect(values.toSorted((a, b) => compareValues(a, b, false))).toEqual([9, 10, 'a', 'b', null]);
  expect(values.toSorted((a, b) => compareValues(a, b, true))).toEqual(['b', 'a', 10, 9, null]);
});

it.each([
  [3, 9, '3 of 12 segments read'],
  [1, 0, '1 of 1 segment read'],
  [0, 12, 'none of 12 segments had to be read'],
  [0, 0, 'from memory'],
])('says of %d segments read and %d unread: %s', (read, unread, said) => expect(segmentsRead(read, unread)).toBe(said));

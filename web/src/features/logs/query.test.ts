import { describe, expect, it } from 'vitest';
import { composed, fieldIs, filterOf, pipeName, pipesOf, split, typedPosition, withTerm } from './query';

describe('composed', () => {
  it('brackets what was typed, so that an OR in it stays together', () => {
    expect(composed({ q: 'a OR b', level: 'error', service: 'check out' })).toBe(
      '(a OR b) level:error service:="check out"',
    );
    expect(composed({ q: ' a OR b ' })).toBe('a OR b');
    expect(composed({})).toBe('');
  });

  it('finds the place of an error again', () => {
    expect(typedPosition({ q: 'level:', level: 'error' }, 7)).toBe(6);
    expect(typedPosition({ q: 'level:' }, 6)).toBe(6);
    expect(typedPosition({ q: 'x', level: 'error' }, 99)).toBe(1);
  });
});

describe('split', () => {
  it.each([
    ['a OR b | stats count()', 'a OR b '],
    ['"a | b" c', '"a | b" c'],
    ['"a \\" | b" c|top x', '"a \\" | b" c'],
    ['a || b', 'a || b'],
    ['path:/a|b/ c | limit 1', 'path:/a|b/ c '],
    ['/not an end | limit 1', '/not an end '],
    ['a\\|b | limit 1', 'a\\|b '],
    ["it's | limit 1", "it's "],
    ['| limit 1', ''],
    ['', ''],
  ])('%s has the filter %s', (text, filter) => expect(split(text).filter).toBe(filter));

  it('finds every pipe, also behind quotes, backticks, divisions and expressions with blanks', () => {
    const text = "* | where a == 'x|y' | fields `p|q`, ms / 2 | parse regexp /a b|c/ | where matches(m, /x | y/) | limit 1";
    expect(pipesOf(text).map((at) => /\w+/.exec(text.slice(at))![0])).toEqual(['where', 'fields', 'parse', 'where', 'limit']);
  });
});

describe('a query with pipes', () => {
  it('gets what was clicked in front of the pipes', () => {
    expect(composed({ q: 'a OR b | top x', level: 'error' })).toBe('(a OR b) level:error | top x');
    expect(composed({ q: '| top x' })).toBe('* | top x');
    expect(composed({ q: ' | top x ', service: 'api' })).toBe('service:=api | top x');
    expect(filterOf({ q: 'a | top x', level: 'warn' })).toBe('(a) level:warn');
    expect(withTerm('a | top x', 'b:=c', false)).toBe('a b:=c | top x');
    expect(withTerm('* | top x', 'b:=c', true)).toBe('-b:=c | top x');
  });

  it.each([
    ['a | tpo x', {}],
    ['a | tpo x', { level: 'error', service: 'api' }],
    ['| tpo x', {}],
    ['  a   | tpo x', { level: 'error' }],
  ])('%s keeps the place of a mistake with %o', (q, chosen) => {
    const url = { q, ...chosen };
    expect(q.trim().slice(typedPosition(url, composed(url).indexOf('tpo')))).toBe('tpo x');
  });
});

it.each([
  ['http.status', 'http.status'],
  ['http-status', '`http-status`'],
  ['a`b', '`a``b`'],
])('the field %s is %s behind a pipe', (name, expected) => expect(pipeName(name)).toBe(expected));

describe('fieldIs', () => {
  it.each([
    ['host.name', 'node-1', 'host.name:=node-1'],
    ['k8s.label/app', 'a b', 'k8s.label/app:="a b"'],
    ['odd name:x', 'say "hi" \\o/', 'odd\\ name\\:x:="say \\"hi\\" \\\\o/"'],
    ['n', '-5', 'n:="-5"'],
    ['n', '', 'n:=""'],
    ['word', 'OR', 'word:="OR"'],
  ])('%s is %s', (field, value, expected) => expect(fieldIs(field, value)).toBe(expected));
});

it('adds a term once', () => {
  const once = withTerm('timeout', 'a:=b', true);
  expect(once).toBe('timeout -a:=b');
  expect(withTerm(once, 'a:=b', true)).toBe(once);
  expect(withTerm('', 'a:=b', false)).toBe('a:=b');
});

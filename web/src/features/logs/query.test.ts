import { describe, expect, it } from 'vitest';
import { composed, fieldIs, typedPosition, withTerm } from './query';

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

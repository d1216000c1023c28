import type { UrlState } from '../../shared/url';

/** The query text the server gets: what was typed, and the level and service that were clicked. */
export function composed(url: Pick<UrlState, 'q' | 'level' | 'service'>): string {
  const typed = (url.q ?? '').trim();
  const parts = [];
  if (typed) parts.push(url.level || url.service ? `(${typed})` : typed);
  if (url.level) parts.push(`level:${url.level}`);
  if (url.service) parts.push(fieldIs('service', url.service));
  return parts.join(' ');
}

/** Where a position in the composed text lies in the typed one. */
export function typedPosition(url: Pick<UrlState, 'q' | 'level' | 'service'>, position: number): number {
  const shifted = url.q?.trim() && (url.level || url.service) ? position - 1 : position;
  return Math.max(0, Math.min(shifted, (url.q ?? '').trim().length));
}

/** Exactly this value, in the words of the query language. */
export function fieldIs(field: string, value: string): string {
  return `${field.replaceAll(special, '\\$&')}:=${quoted(value)}`;
}

/** Adds a condition to what was typed; adding it twice changes nothing. */
export function withTerm(typed: string, term: string, negated: boolean): string {
  const whole = negated ? `-${term}` : term;
  const before = typed.trim();
  if (` ${before} `.includes(` ${whole} `)) return before;
  return before ? `${before} ${whole}` : whole;
}

const special = /[\s:()"\\*?|<>=![\]{},]/g;

function quoted(text: string): string {
  return /^[\w.][\w./-]*$/.test(text) && !/^(AND|OR|NOT|TO)$/.test(text)
    ? text
    : `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

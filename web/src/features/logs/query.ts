import type { UrlState } from '../../shared/url';

type Typed = Pick<UrlState, 'q' | 'level' | 'service'>;

/** A query as it was typed: what chooses records, and what is done with them. */
export interface SplitQuery {
  filter: string;
  /** From the first pipe on; empty when there is none. */
  pipes: string;
}

/** Parts the text at its first pipe, wherever quotes, escapes and regular expressions end. */
export function split(text: string): SplitQuery {
  const at = pipesOf(text)[0];
  return at === undefined ? { filter: text, pipes: '' } : { filter: text.slice(0, at), pipes: text.slice(at) };
}

/** Where the pipes are: a '|' that is neither quoted nor half of an OR. */
export function pipesOf(text: string): number[] {
  const found: number[] = [];
  let i = 0;
  while (i < text.length) {
    const c = text[i]!;
    if (c === '\\') i += 2;
    else if (quotes.includes(c) && (c === '"' || found.length > 0)) i = behindQuote(text, i);
    else if (c === '/') i = behindRegex(text, i, found.length > 0);
    else if (c === '|' && text[i + 1] === '|') i += 2;
    else {
      if (c === '|') found.push(i);
      i++;
    }
  }
  return found;
}

/** The query text the server gets: what was typed, and the level and service that were clicked. */
export function composed(url: Typed): string {
  const { pipes } = split(url.q ?? '');
  const chosen = filterOf(url);
  return pipes ? `${chosen || '*'} ${pipes.trim()}` : chosen;
}

/** The part of it that chooses records. */
export function filterOf(url: Typed): string {
  const typed = split(url.q ?? '').filter.trim();
  const parts = [];
  if (typed) parts.push(url.level || url.service ? `(${typed})` : typed);
  if (url.level) parts.push(`level:${url.level}`);
  if (url.service) parts.push(fieldIs('service', url.service));
  return parts.join(' ');
}

/** Where a position in the composed text lies in the typed one, as it stands trimmed. */
export function typedPosition(url: Typed, position: number): number {
  const whole = (url.q ?? '').trim();
  const { filter, pipes } = split(whole);
  const chosen = filterOf({ ...url, q: whole });
  const before = (chosen || '*').length + 1;
  if (pipes && position >= before) return Math.min(filter.length + position - before, whole.length);
  const shifted = filter.trim() && (url.level || url.service) ? position - 1 : position;
  return Math.max(0, Math.min(shifted, filter.trim().length));
}

/** Exactly this value, in the words of the query language. */
export function fieldIs(field: string, value: string): string {
  return `${field.replaceAll(special, '\\$&')}:=${quoted(value)}`;
}

/** Records without the field. */
export const fieldMissing = (field: string) => `-${field.replaceAll(special, '\\$&')}:*`;

/** Adds a condition in front of the pipes; adding it twice changes nothing. */
export function withTerm(typed: string, term: string, negated: boolean): string {
  const { filter, pipes } = split(typed);
  const whole = negated ? `-${term}` : term;
  const before = filter.trim() === '*' ? '' : filter.trim();
  const after = ` ${before} `.includes(` ${whole} `) ? before : before ? `${before} ${whole}` : whole;
  return pipes ? `${after} ${pipes.trim()}` : after;
}

/** A name as it stands behind a pipe. */
export const pipeName = (name: string) => (/^[A-Za-z_@][\w.@]*$/.test(name) ? name : `\`${name.replaceAll('`', '``')}\``);

/** A text as it stands in an expression behind a pipe. */
export const pipeText = (text: string) => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

const quotes = '"\'`';
const special = /[\s:()"\\*?|<>=![\]{},]/g;

function quoted(text: string): string {
  return /^[\w.][\w./-]*$/.test(text) && !/^(AND|OR|NOT|TO)$/.test(text)
    ? text
    : `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** An open quote reaches to the end. */
function behindQuote(text: string, start: number): number {
  const quote = text[start];
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === '\\' && quote !== '`') i++;
    else if (text[i] === quote) return i + 1;
  }
  return text.length;
}

/**
 * As the server has it: in front of the pipes a slash begins an expression only when another one ends it before the next
 * blank; behind a pipe, where it may be a division, only where no value stands before it.
 */
function behindRegex(text: string, start: number, piped: boolean): number {
  const before = text.slice(0, start);
  if (!(piped ? /([(,:]|\bregexp)\s*$/ : /(^|[\s:(,-])$/).test(before)) return start + 1;
  for (let i = start + 1; i < text.length && (piped || !/\s/.test(text[i]!)); i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '/') return i + 1;
  }
  return start + 1;
}

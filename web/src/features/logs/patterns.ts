import type { QueryAnswer, Value } from './answer';
import { pipeText, split } from './query';

/** One shape of message. */
export interface Pattern {
  pattern: string;
  count: number;
  share: number;
  level: string;
  first: string;
  last: string;
  example: string;
  /** Values of a "by", in front of the pattern. */
  by: string[];
}

const mark = /<(?:n|hex|uuid|ip|time)>/;

export function patternsOf(answer: Pick<QueryAnswer, 'columns' | 'rows'>): Pattern[] {
  const at = (name: string) => answer.columns.findIndex((column) => column.name === name);
  const [pattern, count, share, level, first, last, example] = (
    ['pattern', 'count', 'share', 'level', 'first', 'last', 'example'] as const
  ).map(at) as [number, number, number, number, number, number, number];
  const text = (row: Value[], i: number) => (row[i] === null || row[i] === undefined ? '' : String(row[i]));
  return answer.rows.map((row) => ({
    pattern: text(row, pattern),
    count: Number(row[count] ?? 0),
    share: Number(row[share] ?? 0),
    level: text(row, level),
    first: text(row, first),
    last: text(row, last),
    example: text(row, example),
    by: row.slice(0, Math.max(pattern, 0)).map((_, i) => text(row, i)),
  }));
}

/** The template in pieces: fixed text, and the marks that stand for what varies. */
export function pieces(pattern: string): { text: string; varies: boolean }[] {
  const found: { text: string; varies: boolean }[] = [];
  let rest = pattern;
  for (let hit = mark.exec(rest); hit; hit = mark.exec(rest)) {
    if (hit.index > 0) found.push({ text: rest.slice(0, hit.index), varies: false });
    found.push({ text: hit[0].slice(1, -1), varies: true });
    rest = rest.slice(hit.index + hit[0].length);
  }
  if (rest) found.push({ text: rest, varies: false });
  return found;
}

/**
 * The query for the records of a pattern. Its fixed words go in front of the pipe, since they leave blocks unread; the
 * pipe makes it exact.
 */
export function patternQuery(typed: string, pattern: string): string {
  const filter = split(typed).filter.trim().replace(/^\*$/, '');
  const words = phrases(pattern).map((phrase) => `"${phrase.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`);
  const front = [filter, ...words].filter((part) => part !== '').join(' ') || '*';
  return `${front} | where pattern(message) == ${pipeText(pattern)}`;
}

const longest = 1000;

/** At most three runs of blank-parted pieces that hold no mark, the longest first. */
function phrases(pattern: string): string[] {
  const parts = pattern.split(' ');
  // A long message is cut, perhaps inside a word.
  if (pattern.length > longest) parts.pop();
  const runs: string[][] = [[]];
  for (const part of parts)
    if (mark.test(part)) runs.push([]);
    else runs.at(-1)!.push(part);
  return runs
    .map((run) => run.join(' ').slice(0, 120).replace(/\S*$/, (cut) => (run.join(' ').length > 120 ? '' : cut)).trim())
    .filter((run) => /[\p{L}\p{N}_]/u.test(run))
    .sort((a, b) => b.length - a.length)
    .slice(0, 3);
}

/** Counts per step of the range for the most frequent patterns, as far as a query may be long. */
export function trendQuery(filter: string, patterns: Pattern[], stepSeconds: number): string | undefined {
  const named: string[] = [];
  let length = filter.length + 200;
  for (const { pattern } of patterns.slice(0, mostTrends)) {
    const text = pipeText(pattern);
    if ((length += text.length + 2) > mostCharacters) break;
    named.push(text);
  }
  if (named.length === 0) return undefined;
  return `${filter || '*'} | where pattern(message) in (${named.join(', ')}) | stats count() by pattern(message) as pattern, bin(time, ${stepSeconds}s) as step`;
}

const mostTrends = 40;
const mostCharacters = 9000;

/** Per pattern its counts, one per step of the range. */
export function trendsOf(answer: Pick<QueryAnswer, 'columns' | 'rows' | 'from' | 'to'>, stepSeconds: number): Map<string, number[]> {
  const at = (name: string) => answer.columns.findIndex((column) => column.name === name);
  const [pattern, step, count] = [at('pattern'), at('step'), at('count')];
  const stepMs = stepSeconds * 1000;
  const first = Math.floor(Date.parse(answer.from) / stepMs);
  const length = Math.max(1, Math.ceil(Date.parse(answer.to) / stepMs) - first);
  const found = new Map<string, number[]>();
  for (const row of answer.rows) {
    const name = String(row[pattern]);
    let trend = found.get(name);
    if (!trend) found.set(name, (trend = new Array<number>(length).fill(0)));
    const i = Math.floor(Date.parse(String(row[step])) / stepMs) - first;
    if (i >= 0 && i < length) trend[i] = Number(row[count]);
  }
  return found;
}

/** A round step that parts the range into about thirty. */
export function trendStep(ms: number): number {
  const rough = ms / 1000 / 30;
  return [1, 5, 10, 30, 60, 300, 600, 1800, 3600, 7200, 21_600, 86_400, 604_800].find((step) => step >= rough) ?? 2_592_000;
}

/** First seen in the last fifth of the range: it was not there before, as far as the range reaches. */
export function isNew(first: string, from: string, to: string): boolean {
  const [start, end] = [Date.parse(from), Date.parse(to)];
  return Date.parse(first) > end - (end - start) / 5;
}

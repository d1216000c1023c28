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
  /** Counts per equal part of the range, oldest first; empty when the answer has none. */
  trend: number[];
  /** Not there in the equally long time before; undefined when nobody can say. */
  isNew?: boolean;
  example: string;
  /** Values of a "by", in front of the pattern. */
  by: string[];
}

const mark = /<(?:n|hex|uuid|ip|time)>/;

export function patternsOf(answer: Pick<QueryAnswer, 'columns' | 'rows'>): Pattern[] {
  const at = (name: string) => answer.columns.findIndex((column) => column.name === name);
  const [pattern, count, share, level, first, last, trend, fresh, example] = (
    ['pattern', 'count', 'share', 'level', 'first', 'last', 'trend', 'new', 'example'] as const
  ).map(at) as [number, number, number, number, number, number, number, number, number];
  const text = (row: Value[], i: number) => (row[i] === null || row[i] === undefined ? '' : String(row[i]));
  return answer.rows.map((row) => ({
    pattern: text(row, pattern),
    count: Number(row[count] ?? 0),
    share: Number(row[share] ?? 0),
    level: text(row, level),
    first: text(row, first),
    last: text(row, last),
    trend: Array.isArray(row[trend]) ? row[trend].map(Number) : [],
    isNew: typeof row[fresh] === 'boolean' ? row[fresh] : undefined,
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

import { pipesOf } from './query';

/** One line of the popup. */
export interface Completion {
  /** Takes the place of what was typed from `from` to the caret. */
  insert: string;
  label: string;
  kind: 'verb' | 'function' | 'field' | 'value' | 'word';
  detail?: string;
}

export interface Completions {
  from: number;
  items: Completion[];
}

const verbs: [string, string][] = [
  ['stats ', 'count() by service'],
  ['timechart ', 'count() by level'],
  ['top ', '10 path'],
  ['patterns', 'messages by their shape'],
  ['where ', 'status >= 500'],
  ['sort ', '-count'],
  ['limit ', '20'],
  ['fields ', 'time, service, message'],
  ['extend ', 'slow = ms > 500'],
  ['parse ', 'json, logfmt, pattern "…"'],
  ['facets', 'values of every field'],
  ['dedup ', 'service'],
  ['context ', '5 records around each'],
];

const aggregates: [string, string][] = [
  ['count()', 'rows'],
  ['distinct(', 'different values'],
  ['sum(', ''],
  ['avg(', ''],
  ['min(', ''],
  ['max(', ''],
  ['p50(', ''],
  ['p90(', ''],
  ['p95(', ''],
  ['p99(', ''],
  ['percentile(', 'x, 99.9'],
  ['median(', ''],
  ['stddev(', ''],
  ['first(', 'of the oldest record'],
  ['last(', 'of the newest record'],
  ['values(', 'at most 100'],
  ['rate()', 'per second'],
];

const functions: [string, string][] = [
  ['if(', 'condition, a, b'],
  ['coalesce(', 'a, b, …'],
  ['exists(', 'field'],
  ['tonumber(', ''],
  ['tostring(', ''],
  ['round(', 'x, digits'],
  ['abs(', ''],
  ['floor(', ''],
  ['ceil(', ''],
  ['sqrt(', ''],
  ['bin(', 'x, size'],
  ['least(', ''],
  ['greatest(', ''],
  ['lower(', ''],
  ['upper(', ''],
  ['trim(', ''],
  ['len(', ''],
  ['concat(', 'a, b, …'],
  ['substr(', 'text, start, length'],
  ['replace(', 'text, old, new'],
  ['contains(', 'text, part'],
  ['startswith(', 'text, start'],
  ['endswith(', 'text, end'],
  ['matches(', 'text, /re/'],
  ['extract(', 'text, /re/, group'],
  ['pattern(', 'message'],
  ['now()', ''],
  ['age(', 'time'],
  ['totime(', ''],
  ['toduration(', '"12ms"'],
  ['date(', 'time'],
  ['hour(', 'time'],
  ['minute(', 'time'],
  ['weekday(', 'time'],
];

const everywhere = ['level', 'service', 'message', 'trace', 'span', 'host', 'env', 'version', 'time'];
const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];
const most = 12;

/** What may stand at the caret. `asked`: also where nothing is typed yet. */
export function completions(text: string, caret: number, fields: string[], asked = false): Completions | undefined {
  const before = text.slice(0, caret);
  if (isQuoted(before)) return undefined;
  const word = /(?:[\w@][\w.@-]*)?$/.exec(before)![0];
  const from = caret - word.length;
  const pipe = pipesOf(before).at(-1);
  if (pipe === undefined) {
    const value = /(?:^|[\s(-])(?:level|severity):(?:[<>]=?|=)?$/i.test(before.slice(0, from));
    if (value) return chosen(from, word, levels.map((level) => ({ insert: level, label: level, kind: 'value' })), true);
    return /(^|[\s(-])$/.test(before.slice(0, from)) ? chosen(from, word, fieldItems(fields, ':'), asked) : undefined;
  }
  const behind = before.slice(pipe + 1, from);
  if (behind.trim() === '')
    return chosen(from, word, verbs.map(([insert, detail]) => ({ insert, label: insert.trim(), kind: 'verb', detail })), true);
  const verb = /^\s*(\w+)/.exec(behind)![1]!.toLowerCase();
  return chosen(from, word, [...wordsOf(verb, behind), ...functionsOf(verb, behind), ...fieldItems(fields, '')], asked);
}

function wordsOf(verb: string, behind: string): Completion[] {
  const word = (text: string, detail?: string): Completion => ({ insert: text, label: text.trim(), kind: 'word', detail });
  const grouped = ['stats', 'summarize', 'timechart', 'top', 'patterns'].includes(verb);
  if (grouped && !/\bby\s/.test(behind) && /\s$/.test(behind)) return [word('by ', 'groups')];
  if (verb === 'parse' && /^\s*parse\s*$/.test(behind)) return ['json', 'logfmt', 'pattern "', 'regexp /'].map((text) => word(text));
  return [];
}

function functionsOf(verb: string, behind: string): Completion[] {
  const of = (list: [string, string][]): Completion[] =>
    list.map(([insert, detail]) => ({ insert, label: insert, kind: 'function', detail }));
  const inside = /\([^)]*$/.test(behind);
  if (['stats', 'summarize', 'timechart'].includes(verb)) return of(/\bby\s/.test(behind) || inside ? functions : aggregates);
  return ['where', 'extend', 'eval', 'fields', 'keep', 'project', 'sort', 'order', 'patterns', 'top'].includes(verb) ? of(functions) : [];
}

function fieldItems(fields: string[], behind: string): Completion[] {
  return [...new Set([...everywhere, ...fields])]
    .filter((name) => /^[\w.@/-]+$/.test(name))
    .map((name) => ({ insert: (behind || /^[A-Za-z_@][\w.@]*$/.test(name) ? name : `\`${name}\``) + behind, label: name, kind: 'field' }));
}

/** Those that begin with the word, then those that hold it; none when the word is whole already. */
function chosen(from: number, word: string, items: Completion[], asked: boolean): Completions | undefined {
  if (word === '' && !asked) return undefined;
  const small = word.toLowerCase();
  const holding = items.filter(({ label }) => label.toLowerCase().includes(small));
  const starts = (item: Completion) => (item.label.toLowerCase().startsWith(small) ? 0 : 1);
  const found = holding.toSorted((a, b) => starts(a) - starts(b)).slice(0, most);
  return found.length === 0 || (found.length === 1 && found[0]!.label.toLowerCase() === small && found[0]!.kind !== 'field')
    ? undefined
    : { from, items: found };
}

function isQuoted(before: string): boolean {
  let quoted = false;
  for (let i = 0; i < before.length; i++)
    if (before[i] === '\\') i++;
    else if (before[i] === '"') quoted = !quoted;
  return quoted;
}

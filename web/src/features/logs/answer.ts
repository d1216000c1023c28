import type * as Api from '../../shared/api/schema';
import type { Narrowed } from '../../shared/api/types';
import { count, plural } from '../../shared/ui/number';
import { fieldIs, fieldMissing, pipeName, pipesOf, pipeText, split, withTerm } from './query';

/** The answer of /query. */
export type QueryAnswer = Narrowed<Api.QueryTable, { columns: Column[]; rows: Value[][] }>;

/** What was read of the store's files, the segments. */
export function segmentsRead(read: number, unread: number): string {
  const all = plural(read + unread, 'segment');
  if (read + unread === 0) return 'from memory';
  return read === 0 ? `none of ${all} had to be read` : `${count(read)} of ${all} read`;
}

export type Value = string | number | boolean | null | object;

export type Column = Narrowed<Api.TableColumn, { kind: 'bool' | 'int' | 'double' | 'time' | 'level' | 'string' | 'json' | 'none' }>;

export const displays = ['records', 'table', 'bar', 'area', 'line', 'bars', 'patterns'] as const;
export type Display = (typeof displays)[number];

/** One pipe of the query as the server has read it. */
export interface Pipe {
  verb: string;
  rest: string;
}

/** What the columns of an answer are, as far as its query tells. */
export interface Shape {
  /** The pipe that made the rows; undefined when they are records. */
  verb?: string;
  /** Columns whose values are groups, and the field each comes from unless it is computed. */
  keys: { column: number; field?: string }[];
  /** Columns of numbers about the groups. */
  measures: number[];
  /** The column of the step of time, -1 when there is none. */
  time: number;
  /** Sorted by the query itself. */
  sorted: boolean;
  /** Fields made by a pipe in front of it: a filter does not know them. */
  made: boolean;
}

const shaping = new Set(['stats', 'timechart', 'top', 'facets', 'patterns']);

export function pipesOfPlan(query: string): Pipe[] {
  const at = pipesOf(query);
  return at.map((start, i) => {
    const text = query.slice(start + 1, at[i + 1] ?? query.length).trim();
    const [verb = ''] = text.split(/\s/, 1);
    return { verb, rest: text.slice(verb.length).trim() };
  });
}

export function shapeOf(answer: Pick<QueryAnswer, 'query' | 'columns'>): Shape {
  const pipes = pipesOfPlan(answer.query);
  const last = pipes.findLastIndex((pipe) => shaping.has(pipe.verb));
  const pipe = pipes[last];
  const index = (name: string) => answer.columns.findIndex((column) => column.name === name);
  const time = answer.columns.findIndex((column) => column.kind === 'time');
  const made = pipes.slice(0, Math.max(last, 0)).some(({ verb }) => verb === 'parse' || verb === 'extend');
  if (!pipe || pipe.verb === 'facets') return { verb: pipe?.verb, keys: [], measures: [], time, sorted: false, made };
  const keys = keysOf(pipe)
    .map(({ name, field }) => ({ column: index(name), field }))
    .filter((key) => key.column >= 0 && key.column !== time);
  const measures = answer.columns.flatMap(({ kind }, i) =>
    (kind === 'int' || kind === 'double') && !keys.some((key) => key.column === i) ? [i] : [],
  );
  const sorted = pipes.slice(last + 1).some(({ verb }) => verb === 'sort') || pipe.verb === 'top';
  return { verb: pipe.verb, keys, measures, time: pipe.verb === 'patterns' ? -1 : time, sorted, made };
}

/** How an answer may be shown; the first is how it is unless somebody chooses. */
export function displaysOf(answer: Pick<QueryAnswer, 'query' | 'columns'>, shape: Shape): Display[] {
  const { verb, keys, measures, time } = shape;
  if (verb === 'patterns' && answer.columns.some(({ name }) => name === 'pattern')) return ['patterns', 'table'];
  if ((verb === 'timechart' || verb === 'stats') && time >= 0 && measures.length > 0)
    return measures.every((i) => adds(answer.columns[i]!.name))
      ? ['bar', 'area', 'line', 'table']
      : ['line', 'area', 'bar', 'table'];
  if ((verb === 'top' || verb === 'stats') && keys.length > 0 && measures.length > 0)
    return verb === 'top' || measures.length === 1 ? ['bars', 'table'] : ['table', 'bars'];
  return isRecords(answer) ? ['records', 'table'] : ['table'];
}

/** Whether the rows are still whole records. */
const isRecords = ({ columns }: Pick<QueryAnswer, 'columns'>) =>
  ['time', 'level', 'service', 'message', 'attributes'].every((name) => columns.some((column) => column.name === name));

/** Whether sums of the measure over groups mean something, as they do of counts. */
export const adds = (measure: string) => /^(count|sum|rate)(_|$)/.test(measure);

/** Names of the groups of a pipe, as its columns are called. */
function keysOf({ verb, rest }: Pipe): { name: string; field?: string }[] {
  const by = behindBy(rest);
  const names = verb === 'top' ? rest.slice(0, by ?? rest.length).replace(/\bby\s*$/i, '').replace(/^\s*\d+\s+/, '') : '';
  return [...listOf(by === undefined ? '' : rest.slice(by)), ...listOf(names)].map((text) => {
    const as = /^(.*\S)\s+as\s+(\S+)$/is.exec(text);
    const field = nameOf(as ? as[1]! : text);
    return { name: as ? (nameOf(as[2]!) ?? as[2]!) : (field ?? text), field };
  });
}

function nameOf(text: string): string | undefined {
  if (/^[A-Za-z_@][\w.@]*$/.test(text)) return text;
  return /^`(?:[^`]|``)+`$/.test(text) ? text.slice(1, -1).replaceAll('``', '`') : undefined;
}

/** Where the names behind a "by" outside of quotes and brackets begin. */
function behindBy(text: string): number | undefined {
  for (const { at, depth } of plainCharacters(text))
    if (depth === 0 && /^by\s/i.test(text.slice(at)) && /\s/.test(text[at - 1] ?? ' ')) return at + 3;
  return undefined;
}

function listOf(text: string): string[] {
  const commas = [...plainCharacters(text)].filter(({ at, depth }) => depth === 0 && text[at] === ',').map(({ at }) => at);
  const cuts = [-1, ...commas, text.length];
  return cuts.slice(1).map((end, i) => text.slice(cuts[i]! + 1, end).trim()).filter((part) => part !== '');
}

function* plainCharacters(text: string): Generator<{ at: number; depth: number }> {
  let depth = 0;
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const c = text[at]!;
    if (quote) {
      if (c === '\\' && quote !== '`') at++;
      else if (c === quote) quote = '';
    } else if (c === '"' || c === "'" || c === '`') quote = c;
    else {
      if (c === ')') depth--;
      yield { at, depth };
      if (c === '(') depth++;
    }
  }
}

/**
 * The query that shows the records of a group: the group's value becomes a filter and the pipes go. Fields that a pipe
 * has made are asked for behind that pipe.
 */
export function narrowed(typed: string, shape: Shape, field: string, value: Value): string {
  const text = value === null || typeof value === 'object' ? '' : String(value);
  if (!shape.made) {
    const { filter } = split(typed);
    return withTerm(filter, value === null ? fieldMissing(field) : fieldIs(field, text), false);
  }
  const test = value === null ? `not exists(${pipeName(field)})` : `${pipeName(field)} == ${pipeText(text)}`;
  const at = pipesOf(typed);
  const shaped = at.findIndex((start) => shaping.has(/^\|\s*(\w+)/.exec(typed.slice(start))?.[1] ?? ''));
  return `${typed.slice(0, shaped < 0 ? typed.length : at[shaped]).trim()} | where ${test}`;
}

/** Orders values as the language does: missing last either way, then numbers, then texts. */
export function compareValues(a: Value, b: Value, descending: boolean): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  const order =
    typeof a === 'number' && typeof b === 'number'
      ? a - b
      : typeof a === 'number'
        ? -1
        : typeof b === 'number'
          ? 1
          : textOf(a) < textOf(b)
            ? -1
            : textOf(a) > textOf(b)
              ? 1
              : 0;
  return descending ? -order : order;
}

export const textOf = (value: Value): string =>
  value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);

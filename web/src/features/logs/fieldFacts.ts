import type { QueryAnswer, Value } from './answer';
import { textOf } from './answer';
import { pipeName } from './query';

/** A field of the newest records: its types, and its most frequent values there. */
export interface FieldFacts {
  name: string;
  types: string[];
  /** The most frequent value among the records looked at. */
  example: string;
}

/** How many records tell which fields there are. */
export const lookedAt = 1000;

export const fieldsQuery = (filter: string) => `${filter || '*'} | limit ${lookedAt} | facets 5`;

const words: Record<string, string> = { int: 'number', double: 'number', text: 'text', bool: 'true/false', level: 'level', time: 'time', json: 'list' };

/** Rows come by field; one row per frequent value. */
export function fieldsOf(answer: Pick<QueryAnswer, 'rows'>): FieldFacts[] {
  const found = new Map<string, FieldFacts>();
  for (const [field, kind, value] of answer.rows as [string, string, Value, number][]) {
    const type = words[kind] ?? kind;
    const facts = found.get(field);
    if (!facts) found.set(field, { name: field, types: [type], example: textOf(value) });
    else if (!facts.types.includes(type)) facts.types.push(type);
  }
  return [...found.values()];
}

const atOnce = 60;

/** Counts of the whole range, for so many fields as one query may ask for. */
export function coverageQuery(filter: string, fields: FieldFacts[]): string {
  const counts = fields.slice(0, atOnce).map(({ name }, i) => `count(${pipeName(name)}) as f${i}`);
  return `${filter || '*'} | stats ${['count() as n', ...counts].join(', ')}`;
}

/** Per field the part of the records that have it. */
export function coverageOf(answer: Pick<QueryAnswer, 'rows'>, fields: FieldFacts[]): Map<string, number> {
  const [all = 0, ...counts] = (answer.rows[0] ?? []) as number[];
  return new Map(counts.map((having, i) => [fields[i]!.name, all > 0 ? having / all : 0]));
}

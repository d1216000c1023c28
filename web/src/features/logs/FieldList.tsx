import { useState } from 'react';
import type { TimeRange } from '../../shared/time/range';
import { Icon } from '../../shared/ui/Icon';
import { brief, count } from '../../shared/ui/number';
import { EmptyFiltered, Failure, Loading, Partial } from '../../shared/ui/StateBlock';
import { textOf, type Value } from './answer';
import { useAnswer } from './api';
import { measureText } from './cells';
import { coverageOf, coverageQuery, fieldsOf, fieldsQuery, lookedAt, type FieldFacts } from './fieldFacts';
import { pipeName } from './query';
import styles from './Result.module.css';

/** Which fields the records have: their types, how many records have them, and on a click their values. */
export function FieldList({
  filter,
  range,
  onPick,
}: {
  filter: string;
  range: TimeRange;
  onPick: (field: string, value: Value) => void;
}) {
  const [open, setOpen] = useState<string>();
  const [wanted, setWanted] = useState('');
  const found = useAnswer(fieldsQuery(filter), range, 10_000);
  const fields = found.data ? fieldsOf(found.data) : [];
  const coverage = useAnswer(coverageQuery(filter, fields), range, 1, fields.length > 0);
  const parts = coverage.data && fields.length > 0 ? coverageOf(coverage.data, fields) : undefined;
  if (found.isPending) return <Loading what="the fields" rows={10} />;
  if (!found.data) return <Failure what="The fields" problem={found.error} onRetry={() => void found.refetch()} />;
  if (fields.length === 0)
    return <EmptyFiltered what="records">Nothing in this time range fits the query, so there is no field to list.</EmptyFiltered>;
  const total = coverage.data?.rows[0]?.[0];
  const shown = fields.filter(({ name }) => name.toLowerCase().includes(wanted.trim().toLowerCase()));
  return (
    <div className={styles.fieldsHost}>
      {(found.data.partial || coverage.data?.partial) && <Partial>Damaged blocks were left out: the counts are too low.</Partial>}
      <div className={styles.fieldsHead}>
        <input
          type="text"
          value={wanted}
          aria-label="Find a field"
          placeholder={`Find among ${fields.length} fields`}
          spellCheck={false}
          onChange={(event) => setWanted(event.target.value)}
        />
        <span>
          Fields of the newest {count(lookedAt)} records
          {typeof total === 'number' && `; coverage among all ${count(total)} of the range`}
        </span>
      </div>
      <ul className={styles.fieldList} aria-label="Fields">
        {shown.map((field) => (
          <li key={field.name}>
            <button
              type="button"
              className={styles.field}
              aria-expanded={open === field.name}
              onClick={() => setOpen(open === field.name ? undefined : field.name)}
            >
              <Icon name={open === field.name ? 'down' : 'right'} size={12} />
              <code>{field.name}</code>
              <span className={styles.type}>{field.types.join(', ')}</span>
              <Coverage part={parts?.get(field.name)} />
              <span className={`${styles.example} ellipsis`}>{field.example}</span>
            </button>
            {open === field.name && <Values {...{ field, filter, range, onPick }} />}
          </li>
        ))}
        {shown.length === 0 && <li className={styles.note}>No field has “{wanted}” in its name.</li>}
      </ul>
    </div>
  );
}

function Coverage({ part }: { part?: number }) {
  if (part === undefined) return <span className={styles.coverage} />;
  const percent = part * 100;
  const text = percent === 0 ? '0 %' : percent < 1 ? '< 1 %' : `${percent > 99 && percent < 100 ? '> 99' : Math.round(percent)} %`;
  return (
    <span className={styles.coverage}>
      <i aria-hidden="true">
        <i style={{ width: `${percent}%` }} />
      </i>
      {text}
    </span>
  );
}

const numberText = (value: Value) => (typeof value === 'number' ? measureText('', value) : textOf(value));

function Values({
  field,
  filter,
  range,
  onPick,
}: {
  field: FieldFacts;
  filter: string;
  range: TimeRange;
  onPick: (field: string, value: Value) => void;
}) {
  const top = useAnswer(`${filter || '*'} | top 12 ${pipeName(field.name)}`, range, 12);
  const numbers = field.types.includes('number');
  const spread = useAnswer(
    `${filter || '*'} | stats min(${pipeName(field.name)}) as low, p50(${pipeName(field.name)}) as middle, p95(${pipeName(field.name)}) as high, max(${pipeName(field.name)}) as most`,
    range,
    1,
    numbers,
  );
  if (top.isPending) return <Loading what="the values" rows={3} />;
  if (!top.data) return <Failure what="The values" problem={top.error} onRetry={() => void top.refetch()} />;
  const most = Math.max(1, ...top.data.rows.map((row) => Number(row[1])));
  const [low, middle, high, max] = spread.data?.rows[0] ?? [];
  return (
    <div className={styles.values}>
      {numbers && low !== undefined && (
        <p>
          least {numberText(low)} · median {numberText(middle!)} · p95 {numberText(high!)} · greatest {numberText(max!)}
        </p>
      )}
      <ol aria-label={`Values of ${field.name}`}>
        {top.data.rows.map((row, i) => (
          <li key={i}>
            <button type="button" onClick={() => onPick(field.name, row[0]!)} title="Only records with this value">
              <span className="ellipsis">{row[0] === null ? '(missing)' : textOf(row[0]!) || '(empty)'}</span>
              <b>{brief(Number(row[1]))}</b>
              <small>{(Number(row[2]) * 100).toFixed(1)} %</small>
              <i aria-hidden="true" style={{ width: `${(Number(row[1]) / most) * 100}%` }} />
            </button>
          </li>
        ))}
        {top.data.rows.length === 0 && <li className={styles.note}>No record of the range has a plain value here.</li>}
      </ol>
    </div>
  );
}

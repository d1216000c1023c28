import { useState } from 'react';
import { useZone } from '../../shared/time/useTime';
import { Icon } from '../../shared/ui/Icon';
import { count } from '../../shared/ui/number';
import { useUrl } from '../../shared/url';
import { compareValues, textOf, type QueryAnswer, type Shape, type Value } from './answer';
import { cellOf } from './cells';
import styles from './Result.module.css';

const shownAtOnce = 300;

/** Any answer. A heading sorts, a click on a group shows its records. */
export function ResultTable({
  answer,
  shape,
  onPick,
  onStep,
}: {
  answer: QueryAnswer;
  shape: Shape;
  onPick: (field: string, value: Value) => void;
  /** A click on a step of time; without it times are plain. */
  onStep?: (from: number) => void;
}) {
  const [url, change] = useUrl();
  const zone = useZone();
  const [most, setMost] = useState(shownAtOnce);
  const descending = url.sort?.startsWith('-') ?? false;
  const sortedBy = answer.columns.findIndex(({ name }) => name === url.sort?.replace(/^-/, ''));
  const rows =
    sortedBy < 0 ? answer.rows : answer.rows.toSorted((a, b) => compareValues(a[sortedBy]!, b[sortedBy]!, descending));
  const fieldOf = new Map(shape.keys.flatMap(({ column, field }) => (field ? [[column, field] as const] : [])));
  const isNumber = (i: number) =>
    ['int', 'double'].includes(answer.columns[i]!.kind) && !fieldOf.has(i);
  const sort = (name: string, numbers: boolean) => {
    const next = sortedBy >= 0 && answer.columns[sortedBy]!.name === name ? !descending : numbers;
    change({ sort: next ? `-${name}` : name }, true);
  };
  return (
    <div className={styles.tableHost} tabIndex={0} role="region" aria-label="Result">
      <table className={styles.table}>
        <thead>
          <tr>
            {answer.columns.map((column, i) => (
              <th
                key={column.name}
                className={isNumber(i) ? 'num' : undefined}
                aria-sort={i === sortedBy ? (descending ? 'descending' : 'ascending') : undefined}
              >
                <button type="button" onClick={() => sort(column.name, isNumber(i))}>
                  {column.name}
                  <span aria-hidden="true">{i === sortedBy ? (descending ? ' ↓' : ' ↑') : ''}</span>
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, most).map((row, r) => (
            <tr key={r} data-level={levelOf(answer, row)}>
              {answer.columns.map((column, i) => {
                const field = fieldOf.get(i);
                const value = row[i]!;
                const shown = cellOf(column, value, zone, shape.measures.includes(i) || column.name === 'share');
                return (
                  <td key={column.name} className={isNumber(i) ? 'num' : undefined} data-wide={isWide(column.kind, value) || undefined} title={column.kind === 'json' ? textOf(value) : undefined}>
                    {field ? (
                      <button
                        type="button"
                        className={styles.group}
                        title={`Show the records with this ${field}`}
                        onClick={() => onPick(field, value)}
                      >
                        {shown}
                      </button>
                    ) : onStep && i === shape.time && value !== null ? (
                      <button
                        type="button"
                        className={styles.group}
                        title="Narrow the range to this step"
                        onClick={() => onStep(Date.parse(String(value)))}
                      >
                        {shown}
                      </button>
                    ) : (
                      shown
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > most && (
        <button type="button" className={styles.more} onClick={() => setMost(most + 1000)}>
          <Icon name="down" size={13} /> Show more: {count(most)} of {count(rows.length)} rows
        </button>
      )}
    </div>
  );
}

const isWide = (kind: string, value: Value) => kind === 'string' && textOf(value).length > 60;

function levelOf(answer: QueryAnswer, row: Value[]): string | undefined {
  const at = answer.columns.findIndex(({ kind }) => kind === 'level');
  return at < 0 || row[at] === null ? undefined : String(row[at]);
}

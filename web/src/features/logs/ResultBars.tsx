import { textOf, type QueryAnswer, type Shape, type Value } from './answer';
import { measureText } from './cells';
import styles from './Result.module.css';

const mostBars = 200;

/** Groups as horizontal bars, longest first unless the query sorts; a click shows the records of a group. */
export function ResultBars({
  answer,
  shape,
  onPick,
}: {
  answer: QueryAnswer;
  shape: Shape;
  onPick: (field: string, value: Value) => void;
}) {
  const measure = shape.measures[0]!;
  const name = answer.columns[measure]!.name;
  const share = answer.columns.findIndex((column) => column.name === 'share');
  const valueOf = (row: Value[]) => (typeof row[measure] === 'number' ? row[measure] : 0);
  const rows = (shape.sorted ? answer.rows : answer.rows.toSorted((a, b) => valueOf(b) - valueOf(a))).slice(0, mostBars);
  const most = Math.max(1e-300, ...rows.map((row) => Math.abs(valueOf(row))));
  return (
    <div className={styles.barsHost} tabIndex={0} role="region" aria-label="Result">
      <ol className={styles.bars} aria-label={name}>
        {rows.map((row, i) => (
          <li key={i}>
            <span className={styles.barName}>
              {shape.keys.map(({ column, field }) => (
                <GroupName key={column} value={row[column]!} onPick={field ? () => onPick(field, row[column]!) : undefined} field={field} />
              ))}
            </span>
            <span className={styles.barTrack} aria-hidden="true">
              <i style={{ width: `${(Math.abs(valueOf(row)) / most) * 100}%` }} />
            </span>
            <span className={styles.barValue}>
              {measureText(name, valueOf(row))}
              {share >= 0 && typeof row[share] === 'number' && <small>{measureText('share', row[share])}</small>}
            </span>
          </li>
        ))}
      </ol>
      {answer.rows.length > mostBars && (
        <p className={styles.note}>The {mostBars} largest of {answer.rows.length} groups; the table has all.</p>
      )}
    </div>
  );
}

function GroupName({ value, field, onPick }: { value: Value; field?: string; onPick?: () => void }) {
  const text = value === null ? '(missing)' : textOf(value) || '(empty)';
  const dim = value === null || value === '';
  if (!onPick) return <span className={dim ? 'dim' : undefined}>{text}</span>;
  return (
    <button type="button" className={`${styles.group} ${dim ? 'dim' : ''}`} title={`Show the records with ${field} ${text}`} onClick={onPick}>
      {text}
    </button>
  );
}

import { families, type Family } from '../../shared/api/types';
import type { TimeRange } from '../../shared/time/range';
import { brief } from '../../shared/ui/number';
import { useUrl } from '../../shared/url';
import { useTopValues } from './api';
import styles from './Logs.module.css';
import { fieldIs, withTerm } from './query';

/** Counts of what is in the range; a click narrows the list to it. */
export function Facets({
  q,
  range,
  totals,
  enabled,
}: {
  q: string;
  range: TimeRange;
  totals?: Partial<Record<Family, number>>;
  enabled: boolean;
}) {
  const [url, change] = useUrl();
  const shown = families.filter((family) => (totals?.[family] ?? 0) > 0 || url.level === family);
  const most = Math.max(1, ...shown.map((family) => totals?.[family] ?? 0));
  return (
    <aside className={styles.facets} aria-label="Filters">
      {enabled && <h2>Level</h2>}
      <ul>
        {shown.map((family) => (
          <Value
            key={family}
            name={family}
            count={totals && (totals[family] ?? 0)}
            most={most}
            color={`var(--${family}-fill)`}
            pressed={url.level === family}
            onClick={() => change({ level: url.level === family ? undefined : family })}
          />
        ))}
        {totals && shown.length === 0 && <li className="dim">nothing in this range</li>}
      </ul>
      <TopField
        field="service"
        title="Service"
        {...{ q, range, enabled }}
        chosen={url.service}
        onPick={(value) => change({ service: url.service === value ? undefined : value })}
      />
      <TopField
        field="host.name"
        title="Host"
        {...{ q, range, enabled }}
        onPick={(value) => change({ q: withTerm(url.q ?? '', fieldIs('host.name', value), false) })}
      />
      <TopField
        field="deployment.environment.name"
        title="Environment"
        {...{ q, range, enabled }}
        onPick={(value) => change({ q: withTerm(url.q ?? '', fieldIs('deployment.environment.name', value), false) })}
      />
    </aside>
  );
}

function TopField({
  field,
  title,
  q,
  range,
  enabled,
  chosen,
  onPick,
}: {
  field: string;
  title: string;
  q: string;
  range: TimeRange;
  enabled: boolean;
  chosen?: string;
  onPick: (value: string) => void;
}) {
  const top = useTopValues(field, q, range, enabled);
  const values = (top.data?.values ?? []).slice(0, 12);
  if (!enabled || values.length === 0) return null;
  const most = Math.max(1, ...values.map((each) => each.count));
  return (
    <>
      <h2>{title}</h2>
      <ul>
        {values.map((each) => (
          <Value
            key={each.value}
            name={each.value}
            count={each.count}
            most={most}
            pressed={chosen === each.value}
            onClick={() => onPick(each.value)}
          />
        ))}
      </ul>
    </>
  );
}

function Value({
  name,
  count,
  most,
  color,
  pressed,
  onClick,
}: {
  name: string;
  /** Undefined until it is known. */
  count?: number;
  most: number;
  color?: string;
  pressed: boolean;
  onClick: () => void;
}) {
  return (
    <li>
      <button type="button" aria-pressed={pressed} onClick={onClick} title={name}>
        <span className="ellipsis">{name || '(empty)'}</span>
        <b>{count === undefined ? '…' : brief(count)}</b>
        <i aria-hidden="true" style={{ width: `${((count ?? 0) / most) * 100}%`, background: color }} />
      </button>
    </li>
  );
}

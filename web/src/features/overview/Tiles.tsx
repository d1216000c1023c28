import type { Overview } from '../../shared/api/types';
import { brief, count, plural } from '../../shared/ui/number';
import { To } from '../../shared/ui/To';
import styles from './Overview.module.css';

/** Four numbers, each a link to the rows behind it. */
export function Tiles({ data }: { data: Overview }) {
  const { firing, crashes, logs, ingest } = data;
  const total = firing.critical + firing.high + firing.medium + firing.low;
  const byPriority: [string, number, string][] = [
    ['critical', firing.critical, 'CRITICAL'],
    ['high', firing.high, 'HIGH'],
    ['medium', firing.medium, 'MEDIUM'],
    ['low', firing.low, 'LOW'],
  ];
  return (
    <ul className={styles.tiles} aria-label="Figures">
      <Tile
        to="/alerts"
        search={{ status: 'ACTIVE' }}
        label="Firing alerts"
        value={count(total)}
        tone={firing.critical > 0 ? 'fatal' : total > 0 ? 'error' : 'ok'}
      >
        {byPriority
          .filter(([, number]) => number > 0)
          .map(([name, number, priority]) => (
            <To key={name} to="/alerts" search={{ status: 'ACTIVE', priority }}>
              {number} {name}
            </To>
          ))}
        {data.acknowledged > 0 && (
          <To to="/alerts" search={{ status: 'ACKNOWLEDGED' }}>
            {data.acknowledged} acknowledged
          </To>
        )}
        {data.suppressed > 0 && (
          <To to="/alerts" search={{ status: 'SUPPRESSED' }}>
            {data.suppressed} suppressed
          </To>
        )}
        {total + data.acknowledged + data.suppressed === 0 && <span>nothing open</span>}
      </Tile>
      <Tile
        to="/crashes"
        label="Crashes, 24 h"
        value={count(crashes.last24h)}
        tone={crashes.newGroups > 0 ? 'error' : crashes.last24h > 0 ? 'warn' : 'ok'}
      >
        <To to="/crashes" search={{ state: 'new' }}>
          {plural(crashes.newGroups, 'new group')}
        </To>
        <span>{crashes.lastHour} in the last hour</span>
        <span>{brief(crashes.total)} ever</span>
      </Tile>
      <Tile
        to="/logs"
        search={{ q: 'level:>=error' }}
        label="Errors in the logs"
        value={brief(logs.errors)}
        tone={logs.errors > 0 ? 'error' : 'ok'}
      >
        <span>of</span>
        <To to="/logs">{plural(logs.total, 'record')}</To>
        {logs.total > 0 && <span>{share(logs.errors, logs.total)}</span>}
      </Tile>
      <Tile
        to="/add-data"
        label="Stored since start"
        value={brief(ingest.stored)}
        tone={ingest.rejected > 0 ? 'warn' : 'plain'}
      >
        <span>{rate(ingest.perSecond)} per second</span>
        <span>{ingest.rejected > 0 ? `${count(ingest.rejected)} rejected` : 'none rejected'}</span>
      </Tile>
    </ul>
  );
}

function Tile({
  to,
  search,
  label,
  value,
  tone,
  children,
}: {
  to: string;
  search?: Record<string, string>;
  label: string;
  value: string;
  tone: string;
  children: React.ReactNode;
}) {
  return (
    <li className={styles.tile} data-tone={tone}>
      <To to={to} search={search} className={styles.figure} aria-label={`${label}: ${value}`}>
        <span>{label}</span>
        <b>{value}</b>
      </To>
      <div className={styles.parts}>{children}</div>
    </li>
  );
}

function share(part: number, whole: number): string {
  const percent = (part / whole) * 100;
  return percent === 0 ? '' : percent < 0.1 ? '(< 0.1 %)' : `(${percent.toFixed(1)} %)`;
}

function rate(perSecond: number): string {
  return perSecond >= 10 ? count(Math.round(perSecond)) : perSecond.toFixed(1);
}

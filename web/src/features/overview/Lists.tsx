import type { Alert, CrashGroup, Overview } from '../../shared/api/types';
import { Sparkline, trendSentence } from '../../shared/charts/Sparkline';
import { CrashClassMark, CrashStateMark, PriorityMark, StatusMark } from '../../shared/ui/Marks';
import { count } from '../../shared/ui/number';
import { Section } from '../../shared/ui/Section';
import { EmptyEver } from '../../shared/ui/StateBlock';
import table from '../../shared/ui/Table.module.css';
import { To } from '../../shared/ui/To';
import { When } from '../../shared/ui/When';
import styles from './Overview.module.css';

export function OpenAlerts({ alerts }: { alerts: Alert[] }) {
  return (
    <Section title="Open alerts" flush actions={<To to="/alerts">All alerts</To>}>
      {alerts.length === 0 ? (
        <EmptyEver title="No alert is open">Nothing needs a person right now.</EmptyEver>
      ) : (
        <ul className={styles.list}>
          {alerts.map((alert) => (
            <li key={alert.id}>
              <span className={styles.chip}>
                <PriorityMark priority={alert.priority} />
              </span>
              <div className="grow">
                <To to="/alerts" search={{ sel: String(alert.id) }} className={styles.name}>
                  {alert.title}
                </To>
                <div className={`${styles.under} ellipsis`}>
                  {alert.resource} · {alert.message}
                </div>
              </div>
              <div className={styles.side}>
                <StatusMark status={alert.status} />
                <span className="dim">
                  <When time={alert.lastSeenAt} />
                </span>
              </div>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

export function Services({ services }: { services: Overview['services'] }) {
  return (
    <Section title="Services" flush note={services.length > 0 ? 'worst first' : undefined}>
      {services.length === 0 ? (
        <EmptyEver title="No service has reported in this range">
          <To to="/add-data">Add data</To>
        </EmptyEver>
      ) : (
        <table className={table.table}>
          <thead>
            <tr>
              <th>Service</th>
              <th className="num">Alerts</th>
              <th className="num">Crashes</th>
              <th className="num">Errors</th>
              <th className="num">Last seen</th>
            </tr>
          </thead>
          <tbody>
            {services.map((service) => (
              <tr key={service.name}>
                <td>
                  <To to="/logs" search={{ service: service.name }}>
                    {service.name}
                  </To>
                </td>
                <td className="num">
                  <Figure to="/alerts" service={service.name} value={service.alerts} />
                </td>
                <td className="num">
                  <Figure to="/crashes" service={service.name} value={service.crashes} />
                </td>
                <td className="num">
                  <Figure to="/logs" service={service.name} value={service.errors} q="level:>=error" />
                </td>
                <td className="num dim">
                  <When time={service.lastSeen} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Section>
  );
}

function Figure({ to, service, value, q }: { to: string; service: string; value: number; q?: string }) {
  if (value === 0) return <span className="dim">0</span>;
  return (
    <To to={to} search={{ service, q }}>
      {count(value)}
    </To>
  );
}

export function TopCrashes({ groups }: { groups: CrashGroup[] }) {
  return (
    <Section title="Crash groups" flush actions={<To to="/crashes">All crashes</To>}>
      {groups.length === 0 ? (
        <EmptyEver title="No crash has been seen">
          Processes watched by the SDK or by <code>tocsin run</code> show up here when they die.
        </EmptyEver>
      ) : (
        <table className={table.table}>
          <thead>
            <tr>
              <th>Crash</th>
              <th>State</th>
              <th className={styles.optional}>Trend, 24 h</th>
              <th className="num">Count</th>
              <th className={`num ${styles.optional}`}>Users</th>
              <th className="num">Last seen</th>
            </tr>
          </thead>
          <tbody>
            {groups.map((group) => (
              <tr key={group.id}>
                <td className={table.main}>
                  <div className="row">
                    <CrashClassMark name={group.class} />
                    <To
                      to="/crashes/$groupId"
                      params={{ groupId: String(group.id) }}
                      className={`${styles.name} ellipsis`}
                    >
                      {group.title}
                    </To>
                  </div>
                  <div className={`${styles.under} ellipsis`}>
                    {[group.service, group.message || group.culprit].filter(Boolean).join(' · ')}
                  </div>
                </td>
                <td>
                  <CrashStateMark state={group.state} />
                </td>
                <td className={styles.optional}>
                  <Sparkline values={group.trend} label={trendSentence(group.trend)} />
                </td>
                <td className="num">{count(group.count)}</td>
                <td className={`num ${styles.optional}`}>{count(group.users)}</td>
                <td className="num dim">
                  <When time={group.lastSeen} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Section>
  );
}

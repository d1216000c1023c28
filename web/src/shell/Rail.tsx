import { useLocalStorage } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useLocation } from '@tanstack/react-router';
import { get } from '../shared/api/client';
import type { ServerInfo } from '../shared/api/types';
import { Icon } from '../shared/ui/Icon';
import { To } from '../shared/ui/To';
import { Bell } from './Bell';
import { groups, isCurrent, screens } from './screens';
import styles from './Shell.module.css';

export function Rail({ firing }: { firing: number }) {
  const [collapsed, setCollapsed] = useLocalStorage({ key: 'tocsin.rail', defaultValue: 'open' });
  const { pathname } = useLocation();
  const info = useQuery({
    queryKey: ['info'],
    queryFn: ({ signal }) => get<ServerInfo>('/info', {}, signal),
    staleTime: 60_000,
  });
  const isCollapsed = collapsed === 'closed';

  return (
    <div className={styles.rail} data-collapsed={isCollapsed || undefined}>
      <To to="/" className={styles.brand} aria-label="Tocsin, overview">
        <Bell />
        <span>Tocsin</span>
      </To>
      <nav aria-label="Screens">
        {groups.map((group) => (
          <div key={group} style={{ display: 'contents' }}>
            <div className={styles.group} aria-hidden="true">
              {group}
            </div>
            <ul aria-label={group}>
              {screens
                .filter((screen) => screen.group === group)
                .map((screen) => (
                  <li key={screen.to}>
                    <To
                      to={screen.to}
                      className={styles.link}
                      title={isCollapsed ? screen.label : undefined}
                      aria-label={label(screen.label, firing)}
                      current={isCurrent(screen.to, pathname) ? 'page' : undefined}
                    >
                      <Icon name={screen.icon} size={17} />
                      <span>{screen.label}</span>
                      {screen.to === '/alerts' && firing > 0 && (
                        <span className={styles.badge}>{firing > 99 ? '99+' : firing}</span>
                      )}
                    </To>
                  </li>
                ))}
            </ul>
          </div>
        ))}
      </nav>
      <div className={styles.foot}>
        {info.data && <div className={styles.version}>Tocsin {info.data.version}</div>}
        <button
          type="button"
          className={styles.link}
          aria-expanded={!isCollapsed}
          aria-label={isCollapsed ? 'Widen the navigation' : 'Narrow the navigation'}
          onClick={() => setCollapsed(isCollapsed ? 'open' : 'closed')}
        >
          <Icon name="collapse" size={17} />
          <span>Collapse</span>
        </button>
      </div>
    </div>
  );
}

function label(name: string, firing: number): string {
  return name === 'Alerts' && firing > 0 ? `Alerts, ${firing} firing` : name;
}

import { useNavigate, useParams } from '@tanstack/react-router';
import { useKeys } from '../../shared/ui/keys';
import { carried, useUrl } from '../../shared/url';
import { AlertPane } from './AlertPane';
import styles from './Alerts.module.css';
import { deedKeys } from './useAlertKeys';

/** One alert on a page of its own: where links in notifications lead. */
export function AlertPage() {
  const { alertId } = useParams({ strict: false }) as { alertId: string };
  const [url] = useUrl();
  const navigate = useNavigate();
  useKeys('Alert', deedKeys);
  return (
    <div className={styles.alone}>
      <AlertPane
        id={alertId}
        alone
        onClose={() => void navigate({ to: '/alerts' as never, search: carried(url) as never })}
      />
    </div>
  );
}

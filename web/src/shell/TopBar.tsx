import { Tooltip, useMantineColorScheme, useComputedColorScheme } from '@mantine/core';
import { spotlight } from '@mantine/spotlight';
import { useLocation } from '@tanstack/react-router';
import { startLive, stopLive, useLiveState } from '../shared/api/live';
import type { StreamState } from '../shared/api/events';
import { Icon } from '../shared/ui/Icon';
import { RangePicker } from './RangePicker';
import { isCurrent, screens } from './screens';
import styles from './Shell.module.css';

const words: Record<StreamState, string> = {
  open: 'Live',
  connecting: 'Connecting…',
  reconnecting: 'Reconnecting…',
  closed: 'Paused',
};

export function TopBar() {
  const { pathname } = useLocation();
  const state = useLiveState();
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme();
  const title = screens.find((screen) => isCurrent(screen.to, pathname))?.label ?? 'Tocsin';
  const next = scheme === 'dark' ? 'light' : 'dark';

  return (
    <header className={styles.top}>
      <h1 className={styles.title}>{title}</h1>
      <button type="button" className={`${styles.tool} ${styles.wide}`} onClick={spotlight.open}>
        <Icon name="search" size={14} /> Go to… <kbd>Ctrl K</kbd>
      </button>
      <RangePicker />
      <Tooltip label={state === 'closed' ? 'Live updates are paused' : 'Changes appear by themselves'} openDelay={400}>
        <button
          type="button"
          className={`${styles.tool} ${styles.bare} ${styles.live}`}
          data-state={state}
          aria-label={`Live updates: ${words[state]}`}
          aria-pressed={state !== 'closed'}
          onClick={() => (state === 'closed' ? startLive() : stopLive())}
        >
          <i aria-hidden="true" />
          <span className={styles.wide}>{words[state]}</span>
        </button>
      </Tooltip>
      <Tooltip label={`Switch to ${next}`} openDelay={400}>
        <button
          type="button"
          className={`${styles.tool} ${styles.bare}`}
          aria-label={`Switch to the ${next} theme`}
          onClick={() => setColorScheme(next)}
        >
          <Icon name={scheme === 'dark' ? 'sun' : 'moon'} />
        </button>
      </Tooltip>
    </header>
  );
}

import { Outlet } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { startLive } from '../shared/api/live';
import { KeyHelp } from './KeyHelp';
import { Palette } from './Palette';
import { Rail } from './Rail';
import styles from './Shell.module.css';
import { TopBar } from './TopBar';
import { useFiringCount } from './useFiringCount';
import { useGlobalKeys } from './useGlobalKeys';
import { useLiveRefresh } from './useLiveRefresh';

export function Shell() {
  const main = useRef<HTMLElement>(null);
  const firing = useFiringCount();
  useGlobalKeys();
  useLiveRefresh();
  useEffect(startLive, []);

  return (
    <div className={styles.shell}>
      <button type="button" className={styles.skip} onClick={() => main.current?.focus()}>
        Skip to content
      </button>
      <Rail firing={firing} />
      <TopBar />
      <main ref={main} id="main" className={styles.main} tabIndex={-1}>
        <Outlet />
      </main>
      <Palette />
      <KeyHelp />
    </div>
  );
}

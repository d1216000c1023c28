import { Modal } from '@mantine/core';
import { useState } from 'react';
import { boundKeys, useKeys } from '../shared/ui/keys';
import styles from './Shell.module.css';

export function KeyHelp() {
  const [open, setOpen] = useState(false);
  useKeys('Everywhere', [{ keys: '?', label: 'Show the keys', run: () => setOpen(true) }]);
  return (
    <Modal
      opened={open}
      onClose={() => setOpen(false)}
      title="Keys"
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <div className={styles.keys}>
        {open &&
          boundKeys()
            .reverse()
            .map((scope) => (
              <div key={scope.name}>
                <h3>{scope.name}</h3>
                <ul>
                  {scope.actions.map((action) => (
                    <li key={action.keys}>
                      <span>{action.label}</span>
                      <kbd>{action.keys}</kbd>
                    </li>
                  ))}
                </ul>
              </div>
            ))}
      </div>
    </Modal>
  );
}

import { ActionIcon, Tooltip } from '@mantine/core';
import { useState } from 'react';
import { Icon } from './Icon';
import { notice } from './notify';
import styles from './Copy.module.css';

export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Plain http on a host other than localhost has no clipboard API; the old command still works there.
    const area = document.createElement('textarea');
    area.value = text;
    area.style.position = 'fixed';
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    return done;
  }
}

export function useCopy(): [boolean, (text: string) => void] {
  const [copied, setCopied] = useState(false);
  const copy = (text: string) => {
    void copyText(text).then((done) => {
      if (!done) return notice('The browser does not allow copying here');
      setCopied(true);
      setTimeout(() => setCopied(false), 1500);
    });
  };
  return [copied, copy];
}

export function CopyIcon({ text, label, size = 'sm' }: { text: string; label: string; size?: 'xs' | 'sm' }) {
  const [copied, copy] = useCopy();
  return (
    <Tooltip label={copied ? 'Copied' : label} openDelay={300}>
      <ActionIcon variant="subtle" color="gray" size={size} aria-label={label} onClick={() => copy(text)}>
        <Icon name={copied ? 'check' : 'copy'} size={size === 'xs' ? 13 : 14} />
      </ActionIcon>
    </Tooltip>
  );
}

export function Snippet({ text, label }: { text: string; label: string }) {
  const [copied, copy] = useCopy();
  return (
    <div className={styles.snippet}>
      <pre tabIndex={0} aria-label={label} role="region">
        <code>{text}</code>
      </pre>
      <button type="button" onClick={() => copy(text)} aria-label={`Copy ${label}`}>
        <Icon name={copied ? 'check' : 'copy'} size={13} /> {copied ? 'Copied' : 'Copy'}
      </button>
    </div>
  );
}

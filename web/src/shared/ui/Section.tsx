import { useId, useState, type ReactNode } from 'react';
import { Icon } from './Icon';
import styles from './Section.module.css';

interface Props {
  title: string;
  /** What the section holds, in a few words, beside the title. */
  note?: ReactNode;
  actions?: ReactNode;
  foldable?: boolean;
  folded?: boolean;
  flush?: boolean;
  children: ReactNode;
}

export function Section({ title, note, actions, foldable, folded: startFolded = false, flush, children }: Props) {
  const [folded, setFolded] = useState(startFolded);
  const id = useId();
  const heading = <h2 id={id}>{title}</h2>;
  return (
    <section className={styles.section} aria-labelledby={id}>
      <header className={styles.header}>
        {foldable ? (
          <button type="button" className={styles.fold} aria-expanded={!folded} onClick={() => setFolded(!folded)}>
            <Icon name={folded ? 'right' : 'down'} size={13} />
            {heading}
          </button>
        ) : (
          heading
        )}
        {note !== undefined && <span className={styles.note}>{note}</span>}
        {actions && <span className={styles.actions}>{actions}</span>}
      </header>
      {!folded && <div className={flush ? styles.flush : styles.body}>{children}</div>}
    </section>
  );
}

export function Facts({ items }: { items: [string, ReactNode][] }) {
  const shown = items.filter(([, value]) => value !== undefined && value !== null && value !== '');
  return (
    <dl className={styles.facts}>
      {shown.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

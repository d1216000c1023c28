import { Chip } from '../../shared/ui/Marks';
import { count } from '../../shared/ui/number';
import { Section } from '../../shared/ui/Section';
import { Failure, Loading } from '../../shared/ui/StateBlock';
import { When } from '../../shared/ui/When';
import { useDeletions, type Deletion } from './api';
import styles from './Care.module.css';

const states = {
  asked: ['warn', 'being carried out', 'The records are still shown'],
  hidden: ['info', 'hidden, being erased', 'No answer shows the records; they are being taken out of the files, usually within a minute'],
  erased: ['ok', 'erased', 'The records are in no file any more'],
  failed: ['error', 'failed', 'Nothing was deleted'],
} as const;

/** Who deleted what, when, why, and how far it is. */
export function DeletionJournal() {
  const deletions = useDeletions();
  const items = deletions.data ?? [];
  return (
    <Section title="Deletions" note={items.length > 0 ? count(items.length) : undefined} flush>
      {deletions.isPending ? (
        <Loading what="the deletions" rows={3} />
      ) : !deletions.data ? (
        <Failure what="The deletions" problem={deletions.error} onRetry={() => void deletions.refetch()} />
      ) : items.length === 0 ? (
        <p className={styles.none}>Nothing was deleted by query. Records also go by themselves when their time is over.</p>
      ) : (
        <ul className={styles.list} aria-label="Deletions">
          {items.map((one) => (
            <Entry key={one.id} one={one} />
          ))}
        </ul>
      )}
    </Section>
  );
}

function Entry({ one }: { one: Deletion }) {
  const [tone, word, title] = states[one.state];
  return (
    <li>
      <div className={styles.what}>
        <p>
          <code>{one.query}</code> {one.dataset === 'spans' && 'in spans '}
          {(one.from || one.to) && (
            <span className="dim">
              {one.from?.slice(0, 19) ?? 'the beginning'} – {one.to?.slice(0, 19) ?? 'the end'}
            </span>
          )}
        </p>
        <p className="dim">
          <When time={one.askedAt} /> by {one.by}: {one.reason}
          {one.problem && ` – ${one.problem}`}
        </p>
      </div>
      <span className={styles.outcome}>
        {one.rows !== undefined && <b>{count(one.rows)}</b>}
        <Chip tone={tone} title={title}>
          {word}
        </Chip>
      </span>
    </li>
  );
}

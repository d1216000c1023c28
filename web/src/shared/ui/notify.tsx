import { notifications } from '@mantine/notifications';
import { ApiProblem } from '../api/client';
import styles from './notify.module.css';

const looks = { withBorder: true, closeButtonProps: { 'aria-label': 'Close the notice' } };

export function notice(message: string) {
  notifications.show({ message, autoClose: 4000, ...looks });
}

/** A deed that was done, and for ten seconds a way back. */
export function noticeWithUndo(message: string, undo: () => void) {
  const id = notifications.show({
    autoClose: 10_000,
    ...looks,
    message: (
      <span className={styles.undo}>
        <span>{message}</span>
        <button
          type="button"
          onClick={() => {
            notifications.hide(id);
            undo();
          }}
        >
          Undo
        </button>
      </span>
    ),
  });
}

export function problemNotice(deed: string, problem: unknown) {
  const { title, text } = describe(problem);
  notifications.show({
    title: `${deed} did not work: ${title}`,
    message: text,
    color: 'red',
    autoClose: 12_000,
    ...looks,
  });
}

export function describe(problem: unknown): { title: string; text: string } {
  if (problem instanceof ApiProblem) return { title: problem.title, text: problem.detail };
  return { title: 'Unexpected error', text: problem instanceof Error ? problem.message : String(problem) };
}

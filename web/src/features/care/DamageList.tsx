import type { Damage } from './api';

const most = 100;

/** Files and bytes that are not as written. */
export function DamageList({ damage, className }: { damage: Damage[]; className?: string }) {
  return (
    <ul className={className} aria-label="Damage">
      {damage.slice(0, most).map((one) => (
        <li key={`${one.file} ${one.offset}`}>
          <code>
            {one.file}
            {one.offset >= 0 && ` at byte ${one.offset}`}
          </code>{' '}
          {one.problem}
        </li>
      ))}
    </ul>
  );
}

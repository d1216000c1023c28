import { epochOf } from '../time/format';
import { useTimeTexts } from '../time/useTime';

/** A point in time as its age, or as clock time; the other form and the ISO text are in the tooltip. */
export function When({ time, form = 'ago' }: { time?: string | number; form?: 'ago' | 'full' }) {
  const texts = useTimeTexts();
  if (time === undefined || time === null || Number.isNaN(epochOf(time))) return <span className="dim">–</span>;
  return (
    <time dateTime={new Date(epochOf(time)).toISOString()} title={texts.title(time)} className="nowrap">
      {form === 'ago' ? texts.ago(time) : texts.full(time)}
    </time>
  );
}

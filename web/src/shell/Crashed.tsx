import { Failure } from '../shared/ui/StateBlock';

/** The screen itself failed: say so, and offer a fresh start. */
export function Crashed({ error, reset }: { error: unknown; reset: () => void }) {
  return <Failure what="This screen" problem={error} onRetry={reset} />;
}

import { useEffect, useState } from 'react';

/** True once the state has lasted, so that what is over in a moment does not flicker. */
export function useDelayed(state: boolean, ms = 300): boolean {
  const [lasted, setLasted] = useState(false);
  useEffect(() => {
    if (!state) return;
    const timer = setTimeout(() => setLasted(true), ms);
    return () => {
      clearTimeout(timer);
      setLasted(false);
    };
  }, [state, ms]);
  return state && lasted;
}

import { To } from '../shared/ui/To';
import { EmptyFiltered } from '../shared/ui/StateBlock';

export function NotFound() {
  return (
    <EmptyFiltered what="screens">
      There is no screen at this address. <To to="/">Go to the overview</To>
    </EmptyFiltered>
  );
}

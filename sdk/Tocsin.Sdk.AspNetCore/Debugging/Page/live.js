// Talks to the process. While it does not answer, the page says so and keeps asking.

let lost = 0;

/** The JSON under api/, or null when it cannot be had. */
export async function get(path) {
  try {
    const answer = await fetch(`api/${path}`, { cache: 'no-store' });
    if (!answer.ok) throw new Error(String(answer.status));
    const body = await answer.json();
    tell(0);
    return body;
  } catch {
    tell(lost + 1);
    return null;
  }
}

/** Calls show with the answer now and whenever it has changed, until the returned function is called. */
export function poll(path, every, show) {
  let [over, timer, before] = [false, 0, ''];
  const turn = async () => {
    if (over) return;
    if (!document.hidden) {
      const body = await get(typeof path === 'function' ? path() : path);
      const now = JSON.stringify(body);
      if (!over && body && now !== before) { before = now; show(body); }
    }
    timer = setTimeout(turn, every);
  };
  turn();
  const stop = () => { over = true; clearTimeout(timer); };
  stop.now = () => { clearTimeout(timer); before = ''; turn(); };
  return stop;
}

function tell(failures) {
  lost = failures;
  const shown = document.getElementById('lost');
  if (failures < 2) { shown?.remove(); return; }
  if (shown) return;
  const note = document.createElement('div');
  note.id = 'lost';
  note.className = 'lost';
  note.setAttribute('role', 'alert');
  note.textContent = 'The process does not answer. Trying again …';
  document.getElementById('content').prepend(note);
}

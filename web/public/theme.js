// Runs before the first paint, so that a pinned theme never flashes the other one. Not inline: the CSP forbids that.
(function () {
  var pinned = null;
  try {
    pinned = localStorage.getItem('mantine-color-scheme-value');
  } catch {
    // Storage may be blocked; the system's choice is used then.
  }
  var dark = pinned === 'dark' || (pinned !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();

// Progressive enhancement: live updates, and a confirmation before actions that cannot be undone.

const minIntervalMs = 2000;

/** Replaces the elements marked `data-live` or `data-refresh` with their current content, except those that are in use. */
async function refresh() {
  const response = await fetch(location.href, { headers: { accept: 'text/html' } });
  if (!response.ok || response.redirected) return;
  const fresh = new DOMParser().parseFromString(await response.text(), 'text/html');
  for (const part of document.querySelectorAll('[data-live], [data-refresh]')) {
    const update = fresh.getElementById(part.id);
    if (update === null || isInUse(part) || update.innerHTML === part.innerHTML) continue;
    part.replaceChildren(...update.childNodes);
  }
}

/** True if it has changed fields, open details or the focus. */
function isInUse(part) {
  const edited = [...part.querySelectorAll('input, textarea')].some((field) => field.value !== field.defaultValue);
  return edited || part.querySelector('details[open]') !== null || part.contains(document.activeElement);
}

function listen(path) {
  let last = 0;
  let waiting;
  const source = new EventSource(path);
  source.addEventListener('hello', () => document.body.setAttribute('data-connected', ''));
  source.addEventListener('change', () => {
    waiting ??= setTimeout(
      () => {
        waiting = undefined;
        last = Date.now();
        refresh().catch(() => {});
      },
      Math.max(0, last + minIntervalMs - Date.now()),
    );
  });
  addEventListener('pagehide', () => source.close());
}

const { events } = document.body.dataset;
if (events !== undefined && document.querySelector('[data-live]') !== null) listen(events);

document.addEventListener('submit', (event) => {
  const question = event.submitter?.dataset.ask ?? event.target.dataset.ask;
  if (question !== undefined && !confirm(question)) event.preventDefault();
});

for (const area of document.querySelectorAll('textarea[data-max-length]')) {
  const counter = document.getElementById(area.getAttribute('aria-describedby') ?? '');
  const count = () => {
    if (counter !== null)
      counter.textContent = `${[...area.value].length} characters (limit ${area.dataset.maxLength}, as the platform counts them)`;
  };
  area.addEventListener('input', count);
}

// Everything works without this file. With it, pages show what is new by themselves, and ask before what cannot be undone.

const quietMs = 2000;

/** Parts marked `data-live` are taken from the page as it is now; what somebody is at is left alone. */
async function renew() {
  const answer = await fetch(location.href, { headers: { accept: 'text/html' } });
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
  for (const part of document.querySelectorAll('[data-live]')) {
    const now = fresh.getElementById(part.id);
    if (now === null || isInUse(part) || now.innerHTML === part.innerHTML) continue;
    part.replaceChildren(...now.childNodes);
  }
}

/** Somebody has opened something there, writes, or is about to press. */
function isInUse(part) {
  const written = [...part.querySelectorAll('input, textarea')].some((field) => field.value !== field.defaultValue);
  return written || part.querySelector('details[open]') !== null || part.contains(document.activeElement);
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
        renew().catch(() => {});
      },
      Math.max(0, last + quietMs - Date.now()),
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

for (const area of document.querySelectorAll('textarea[data-most]')) {
  const shown = document.getElementById(area.getAttribute('aria-describedby') ?? '');
  const count = () => {
    if (shown !== null)
      shown.textContent = `${[...area.value].length} characters now; ${area.dataset.most} are taken, as the platform counts them`;
  };
  area.addEventListener('input', count);
}

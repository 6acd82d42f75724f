// Progressive enhancement: live updates, and a confirmation before actions that cannot be undone.

const minIntervalMs = 2000;
/** The content of live parts as the server sent it: times are changed below. */
const received = new WeakMap();
for (const part of document.querySelectorAll('[data-live], [data-refresh]')) received.set(part, part.innerHTML);

/** Replaces the elements marked `data-live` or `data-refresh` with their current content, except those that are in use. */
async function refresh() {
  const response = await fetch(location.href, { headers: { accept: 'text/html' } });
  if (!response.ok || response.redirected) return;
  const fresh = new DOMParser().parseFromString(await response.text(), 'text/html');
  for (const part of document.querySelectorAll('[data-live], [data-refresh]')) {
    const update = fresh.getElementById(part.id);
    if (update === null || isInUse(part) || update.innerHTML === received.get(part)) continue;
    received.set(part, update.innerHTML);
    part.replaceChildren(...update.childNodes);
    showLocalTimes(part);
  }
}

/** True if it has changed fields, open details or the focus. */
function isInUse(part) {
  const edited = [...part.querySelectorAll('input, textarea')].some(
    (field) => field.value !== field.defaultValue || field.checked !== field.defaultChecked,
  );
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

const draft = document.getElementById('draft');

/** As many numbers as lines, and as many rows. */
function numberLines() {
  const lines = draft.value.split('\n').length;
  const numbers = draft.previousElementSibling;
  for (let at = numbers.childElementCount; at < lines; at += 1) {
    const number = document.createElement('span');
    number.id = `line-${at + 1}`;
    number.textContent = `${at + 1}\n`;
    numbers.append(number);
  }
  while (numbers.childElementCount > Math.max(lines, 1)) numbers.lastElementChild.remove();
  draft.rows = Math.max(lines, 12);
}

/** Puts the cursor where a finding is. */
function jump({ line, column }) {
  const before = draft.value.split('\n').slice(0, line - 1);
  const at = before.reduce((sum, text) => sum + text.length + 1, 0) + Number(column) - 1;
  document.getElementById(`line-${line}`)?.scrollIntoView({ block: 'center' });
  draft.focus({ preventScroll: true });
  draft.setSelectionRange(at, at);
}

if (draft !== null) {
  draft.addEventListener('input', numberLines);
  for (const link of document.querySelectorAll('a[data-line]'))
    link.addEventListener('click', (event) => {
      event.preventDefault();
      jump(link.dataset);
    });
}

const ago = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const exact = new Intl.DateTimeFormat('en', { dateStyle: 'full', timeStyle: 'long' });
const day = new Intl.DateTimeFormat('en', { dateStyle: 'medium' });
const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/** Shows times as the visitor would say them, with the exact one of the visitor's zone behind each. */
function showLocalTimes(root) {
  for (const element of root.querySelectorAll('time[datetime]')) {
    const at = new Date(element.dateTime);
    const since = at.getTime() - Date.now();
    const [unit, ms] = units.find(([, size]) => Math.abs(since) >= size) ?? ['minute', 60_000];
    element.title = exact.format(at);
    element.textContent = Math.abs(since) > 30 * 86_400_000 ? day.format(at) : ago.format(Math.round(since / ms), unit);
  }
}

showLocalTimes(document);
setInterval(() => showLocalTimes(document), 60_000);
for (const zone of document.querySelectorAll('[data-zone]'))
  zone.textContent = Intl.DateTimeFormat().resolvedOptions().timeZone;

const help = document.getElementById('shortcuts');
const areOn = () => localStorage.getItem('shortcuts') !== 'off';

/** The next article from the focused one, or the one before. */
function step(by) {
  const all = [...document.querySelectorAll('main article')];
  const at = all.findIndex((article) => article.contains(document.activeElement));
  const next = all[Math.min(Math.max(at + by, 0), all.length - 1)];
  next?.setAttribute('tabindex', '-1');
  next?.focus();
}

/** Opens the fold with this button and goes to its first field, or presses the button where it is in none. */
function use(choice) {
  const button = document.activeElement?.closest('article')?.querySelector(`button[value="${choice}"]`);
  const fold = button?.closest('details');
  if (fold) fold.open = true;
  if (fold) fold.querySelector('input:not([type=hidden]), textarea')?.focus();
  else button?.click();
}

const keys = {
  j: () => step(1),
  k: () => step(-1),
  a: () => use('approve'),
  e: () => use('edit'),
  r: () => use('reject'),
  x: () => document.activeElement?.closest('article')?.querySelector('input[name=keys]')?.click(),
};

document.addEventListener('keydown', (event) => {
  const isTyping = event.target.closest('input:not([type=checkbox]), textarea, select') !== null;
  if (help === null || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === '?') help.showModal();
  else if (areOn() && !help.open && Object.hasOwn(keys, event.key)) keys[event.key]();
  else return;
  event.preventDefault();
});

const toggle = help?.querySelector('input');
if (toggle) {
  toggle.checked = areOn();
  toggle.addEventListener('change', () => localStorage.setItem('shortcuts', toggle.checked ? 'on' : 'off'));
}

// Cable pages work without this file. With it, the hashtags are copied at a press.

for (const button of document.querySelectorAll('button[data-copy]')) {
  const field = document.getElementById(button.dataset.copy);
  if (field === null || navigator.clipboard === undefined) continue;
  const words = button.textContent;
  button.hidden = false;
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(field.value);
      button.textContent = 'Copied';
    } catch {
      // The browser says no: then they are ready to be copied by hand.
      field.focus();
      field.select();
    }
    setTimeout(() => {
      button.textContent = words;
    }, 2000);
  });
}

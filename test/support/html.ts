import { HtmlValidate } from 'html-validate';

const html = new HtmlValidate({
  extends: ['html-validate:standard'],
  rules: {
    'void-style': 'off',
    'no-trailing-whitespace': 'off',
    'no-inline-style': 'error',
    'attribute-boolean-style': 'off',
    'long-title': 'off',
    'attr-quotes': 'error',
  },
});

/** What a page has that HTML does not allow. */
export async function faultsOf(page: string): Promise<string[]> {
  const { results } = await html.validateString(page);
  return results.flatMap(({ messages }) =>
    messages.map(({ line, ruleId, message }) => `${line}: ${ruleId}: ${message}`),
  );
}

/** What a stranger might write anywhere. */
export const evil = `"><script>alert(1)</script><img src=x onerror=alert(2)>'&#x3c;svg onload=alert(3)>\u202e`;

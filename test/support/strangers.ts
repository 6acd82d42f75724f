import fc from 'fast-check';

/** What strangers write where a name, a warning, an id or a link is expected. */
export const hostile: readonly string[] = [
  'FREE CRYPTO at https://evil.example/win?a=1#x now',
  'evil.example/win #FreeCrypto http://x.yz a b c d e f g h i',
  '@victim@social.example is a criminal',
  '<!channel> <!here> <@U012345> <https://evil.example|your bank>',
  '@everyone @here <@&123> [your bank](https://evil.example) **now** `x` ~~y~~ ||z||',
  'nl\n@admin 2026-11-02 08:15Z https://bank.example\n  forged',
  'a\r\nBcc: victim@example.org\r\n\r\nbody',
  '\u001B[31mred\u001B[0m \u001B]8;;https://evil.example\u0007link\u001B]8;;\u0007 \u009B2J',
  '\u202Egnp.exe\u202C \u2066left\u2069 \u200E\u200F\u061C marks',
  'line\u2028separator\u2029paragraph\u0085next\u000Bvertical\u000Cform',
  'nul\0 bell\u0007 back\b\b\b del\u007F',
  '\uD800lone\uDFFF \uFEFF\u200B\u2060\u{E0041}\u{E007F} invisible',
  'Ｆｕｌｌ．ｗｉｄｔｈ ＠ｖｉｃｔｉｍ ＃ｔａｇ ﹫x ﹟y',
  '"quoted" “quoted” {{ bot }} {% raw %} ${x} $(id) `id` \\x1b[31m',
  `long ${'x'.repeat(5000)}`,
];

/** Of those, whole or in pieces, in any order. */
export const hostileWords: fc.Arbitrary<string> = fc
  .array(fc.constantFrom(...hostile, ...hostile.flatMap((text) => text.split(' '))), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join(' '));

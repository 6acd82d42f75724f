/**
 * Decodes a feed by its byte order mark, else as UTF-8 where its bytes are UTF-8, else by the header's charset or the XML declaration, which
 * copies and converters leave wrong (HTML standard; RFC 7303). Malformed bytes become U+FFFD.
 */
export function decodeFeed(body: Uint8Array, contentType: string | null): string {
  const utf16 = utf16Of(body);
  if (utf16 !== null) return decoded(body, utf16) ?? '';
  const labels = [headerCharset(contentType), declaredCharset(body)].filter((label) => label !== null);
  // ISO-2022-JP is ASCII alone, so its bytes are UTF-8 as well.
  const escapes = labels.find((label) => /^iso-2022-/i.test(label));
  if (escapes === undefined && isUtf8(body)) return decoded(body, 'utf-8') ?? '';
  const others = labels.filter((label) => !/^(?:unicode-?1-1-)?utf|^ucs|^unicode/i.test(label));
  for (const label of others) {
    const text = decoded(body, label);
    if (text !== null) return text;
  }
  return decoded(body, 'utf-8') ?? '';
}

/** Null: an unknown label. */
function decoded(body: Uint8Array, label: string): string | null {
  try {
    return new TextDecoder(label).decode(body);
  } catch {
    return null;
  }
}

function isUtf8(body: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(body);
    return true;
  } catch {
    return false;
  }
}

/** UTF-16 by its byte order mark, or by its first character, which is ASCII in every feed. */
function utf16Of([first, second]: Uint8Array): string | null {
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return 'utf-16le';
  return (first === 0xfe && second === 0xff) || (first === 0 && second !== 0) ? 'utf-16be' : null;
}

function headerCharset(contentType: string | null): string | null {
  return /;\s{0,9}charset="?([\w:.-]{1,40})/i.exec(contentType ?? '')?.[1] ?? null;
}

function declaredCharset(body: Uint8Array): string | null {
  const start = Buffer.from(body.subarray(0, 200)).toString('latin1');
  return /^\s{0,20}<\?xml[^>]{0,100}encoding\s{0,9}=\s{0,9}["']([\w:.-]{1,40})/.exec(start)?.[1] ?? null;
}

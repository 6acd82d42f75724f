/** The text of a feed: by byte order mark, the header's charset, the XML declaration, else UTF-8. What is malformed becomes U+FFFD. */
export function decodeFeed(body: Uint8Array, contentType: string | null): string {
  const labels = [markedCharset(body), headerCharset(contentType), declaredCharset(body), 'utf-8'];
  for (const label of labels) {
    if (label === null) continue;
    try {
      return new TextDecoder(label).decode(body);
    } catch {
      // A label that nobody knows says nothing.
    }
  }
  return '';
}

function markedCharset([first, second, third]: Uint8Array): string | null {
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8';
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : null;
}

function headerCharset(contentType: string | null): string | null {
  return /;\s{0,9}charset="?([\w:.-]{1,40})/i.exec(contentType ?? '')?.[1] ?? null;
}

function declaredCharset(body: Uint8Array): string | null {
  const start = Buffer.from(body.subarray(0, 200)).toString('latin1');
  return /^\s{0,20}<\?xml[^>]{0,100}encoding\s{0,9}=\s{0,9}["']([\w:.-]{1,40})/.exec(start)?.[1] ?? null;
}

const viewerPage = /^https:\/\/(wikileaks\.org\/cable)\/\d{4}\/\d\d\/(\w+)\.html$/;

/** A page of the old viewer, whose links to paragraphs rely on its anchors: its site (`wikileaks.org/cable`) and the ID in its name. Undefined: another page. */
export function viewerPageOf(url: string): { readonly site: string; readonly id: string } | undefined {
  const [, site, id] = viewerPage.exec(url) ?? [];
  return site === undefined || id === undefined ? undefined : { site, id };
}

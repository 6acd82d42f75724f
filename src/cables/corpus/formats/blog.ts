import { isHtml } from '../../parse/parse-document.ts';
import { repostedPage } from '../../parse/paragraphs/reposted-page.ts';
import { documentFormat } from './documents.ts';

/** A viewer's page as text on a blog. */
export const blog = documentFormat(
  'a page of the cable viewer re-posted as text',
  (head) => !isHtml(head) && repostedPage(head) !== undefined,
  repostedPage,
);

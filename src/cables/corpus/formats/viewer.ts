import { viewerPage } from '../../parse/viewer-page.ts';
import { documentFormat } from './documents.ts';

/** A page of the old viewer, of any release. */
export const viewer = documentFormat(
  'a page of the old cable viewer',
  (head) => /<table class=['"]cable['"]>/.test(head),
  viewerPage,
);

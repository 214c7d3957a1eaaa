import { configurationDocument } from '../../config/documentation.js';
import { conditionsPage } from './conditions-page.js';

/** Pages of docs/ that are made from the code, each with what writes it. */
export const PAGES: Readonly<Record<string, () => string>> = {
  'conditions.md': conditionsPage,
  'configuration.md': configurationDocument,
};

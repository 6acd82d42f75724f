import type { FormatName } from './corpus/formats/index.ts';

/**
 * The public list of all published reference IDs with the month of Created: rows such as `07ASTANA2244,8`, gzipped. It is a file of
 * the project cablemap (BSD licence), known by its content of November 2026; its address was not visited.
 */
export const publicList = {
  name: 'cablemap',
  address: 'https://raw.githubusercontent.com/heuer/cablemap/master/cablemap.core/cablemap/core/cable2month.csv.gz',
  ids: 251_287,
  how: 'pilcrow catalogue import cablemap',
} as const;

/** A public collection of cable texts. Addresses and sizes are those that its users name; nobody visits them unasked. */
export interface PublicTexts {
  readonly name: string;
  readonly address: string;
  readonly holds: string;
  /** Number of cables; null if not known. */
  readonly cables: number | null;
  /** Bytes to download; null if not known. */
  readonly bytes: number | null;
  /** The format that `corpus import` reads it by; null: it cannot be read. */
  readonly format: FormatName | null;
  /** How to import it, or why that is not possible. */
  readonly how: string;
}

export const publicTexts: readonly PublicTexts[] = [
  {
    name: 'cables.csv',
    address: 'https://archive.org/details/wikileaks-cables-csv',
    holds: 'all cables in one file. Names of people in danger are not redacted: do not make these texts public',
    cables: 251_287,
    bytes: 1_730_507_223,
    format: 'dump',
    how: 'pilcrow corpus import cables.csv',
  },
  {
    name: 'wlstorage',
    address: 'https://wlstorage.net/file/cablegate/',
    holds:
      'the releases of WikiLeaks, with their redactions, as pages of the old viewer; the last one is of 30 August 2011',
    cables: null,
    bytes: null,
    format: 'viewer',
    how: '7z x cablegate-201108300212.7z -ocablegate, then pilcrow corpus import cablegate',
  },
  {
    name: 'viewer',
    address: 'https://wikileaks.org/cable/YYYY/MM/ID.html',
    holds: 'the old viewer, a page a cable; whether it still stands is not known',
    cables: 251_287,
    bytes: null,
    format: 'viewer',
    how: 'save pages, then pilcrow corpus import FOLDER',
  },
  {
    name: 'plusd',
    address: 'https://wikileaks.org/plusd/cables/ID_a.html',
    holds: 'the Public Library of US Diplomacy, a page a cable, of some 90 kB. Names are not redacted',
    cables: 251_287,
    bytes: null,
    format: 'plusd',
    how: 'save pages, then pilcrow corpus import FOLDER',
  },
  {
    name: 'alx',
    address: 'https://github.com/alx/cablegate',
    holds: 'texts of the releases up to 2011, a file a cable',
    cables: null,
    bytes: null,
    format: 'mirror',
    how: 'git clone https://github.com/alx/cablegate, then pilcrow corpus import cablegate/cables',
  },
  {
    name: 'typecode',
    address: 'https://github.com/typecode/wikileaks',
    holds: 'pages of the first release, of 28 November 2010',
    cables: 243,
    bytes: null,
    format: 'viewer',
    how: 'git clone https://github.com/typecode/wikileaks, then pilcrow corpus import wikileaks/data/cablegate',
  },
  {
    name: 'nara',
    address: 'https://archive.org/details/us-diplomatic-cables-1973-overview',
    holds: 'telegrams of 1973 to 1979 from the National Archives, as PDF and text, an item a year',
    cables: 2_081_276,
    bytes: null,
    format: null,
    how: 'not yet: these telegrams have no reference ID of Cablegate; citations of them get a link to PlusD',
  },
];

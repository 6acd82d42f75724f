/** Stations with an old and a new name, or a short and a long one. */
const renamedStations = [
  ['KIEV', 'KYIV'],
  ['CALCUTTA', 'KOLKATA'],
  ['MADRAS', 'CHENNAI'],
  ['LENINGRAD', 'STPETERSBURG'],
  ['BELIZE', 'BELMOPAN'],
  ['TAIPEI', 'AITTAIPEI'],
  ['PARISFR', 'UNESCOPARISFR', 'UNESCOPARIS'],
  ['DAMASCUS', 'DAMASCCUS'],
  ['WASHDC', 'STATE'],
];

/** Different stations in the same place. */
const neighbouringPosts = [
  ['BRUSSELS', 'USEUBRUSSELS', 'USNATO'],
  ['VIENNA', 'UNVIEVIENNA', 'USOSCE'],
  ['DUBAI', 'RPODUBAI', 'IRANRPODUBAI'],
  ['GENEVA', 'CDGENEVA', 'USTRGENEVA'],
  ['PARIS', 'PARISFR', 'UNESCOPARISFR', 'UNESCOPARIS'],
  ['ROME', 'UNROME', 'VATICAN'],
  ['ASTANA', 'ALMATY'],
  ['BERLIN', 'BONN'],
  ['STATE', 'WASHDC', 'PARTO', 'FESTTWO'],
];

/** The other names of a station. */
export function renamesOf(station: string): string[] {
  return others(renamedStations, station);
}

/** Stations that it is often confused with. */
export function neighboursOf(station: string): string[] {
  return others(neighbouringPosts, station);
}

function others(groups: readonly (readonly string[])[], station: string): string[] {
  return groups.flatMap((group) => (group.includes(station) ? group.filter((each) => each !== station) : []));
}

/** Colours and letters of documents that stand alone, HTML digests and backtests: those of the operator's page (src/web/assets/pilcrow.css). */
export const palette = {
  light: { paper: '#fbf9f4', ink: '#211d18', soft: '#625a50', line: '#e4ddd0', accent: '#8a2b1d' },
  dark: { paper: '#16140f', ink: '#ece6da', soft: '#b0a697', line: '#38332a', accent: '#f0998a' },
  serif: "Charter,'Bitstream Charter','Sitka Text',Cambria,Georgia,serif",
  sans: "system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',sans-serif",
} as const;

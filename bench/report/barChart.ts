import { shortNumber } from "./number.ts";

export interface Bar {
  readonly label: string;
  readonly value: number;
  /** Bars of one series have one colour. */
  readonly series: string;
}

export interface Chart {
  readonly title: string;
  /** What the values are, with their unit. */
  readonly axis: string;
  readonly scale: "linear" | "logarithmic";
  readonly bars: readonly Bar[];
}

const WIDTH = 860;
const LABELS_WIDTH = 330;
const BARS_WIDTH = 420;
const BAR_HEIGHT = 20;
const ROW_HEIGHT = 28;
const TOP = 76;
const SHORTEST = 2;
/** Told apart by colour-blind readers too (Okabe and Ito). */
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00"];

/** Horizontal bars as an SVG document. On a logarithmic scale a bar ends at its power of ten, from the one below the least. */
export function barChart({ title, axis, scale, bars }: Chart): string {
  const series = [...new Set(bars.map((bar) => bar.series))];
  const length = lengthOf(scale, bars);
  const rows = bars.map((bar, index) => {
    const y = TOP + index * ROW_HEIGHT;
    const width = Math.max(SHORTEST, BARS_WIDTH * length(bar.value));
    const middle = y + BAR_HEIGHT / 2;
    const colour = COLOURS[series.indexOf(bar.series) % COLOURS.length];
    return [
      `<text x="${LABELS_WIDTH - 8}" y="${middle}" text-anchor="end">${escapeText(bar.label)}</text>`,
      `<rect x="${LABELS_WIDTH}" y="${y}" width="${width.toFixed(1)}" height="${BAR_HEIGHT}" fill="${colour}"/>`,
      `<text x="${(LABELS_WIDTH + width + 6).toFixed(1)}" y="${middle}">${shortNumber(bar.value)}</text>`,
    ].join("\n");
  });
  const height = TOP + bars.length * ROW_HEIGHT + 12;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="13" dominant-baseline="middle" role="img" aria-labelledby="title">
<title id="title">${escapeText(title)}</title>
<rect width="100%" height="100%" fill="#ffffff"/>
<text x="16" y="24" font-size="17" font-weight="bold">${escapeText(title)}</text>
<text x="16" y="50" fill="#555555">${escapeText(scale === "linear" ? axis : `${axis} (logarithmic)`)}</text>
${rows.join("\n")}
</svg>
`;
}

/** What share of the room a value takes. */
function lengthOf(scale: Chart["scale"], bars: readonly Bar[]): (value: number) => number {
  const values = bars.map(({ value }) => value);
  const most = Math.max(...values);
  if (scale === "linear") return (value) => (most > 0 ? value / most : 0);
  const floor = Math.floor(Math.log10(Math.min(...values.filter((value) => value > 0)))) - 1;
  return (value) => (value > 0 ? (Math.log10(value) - floor) / (Math.log10(most) - floor) : 0);
}

function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

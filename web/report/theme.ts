/** The colours a chart needs beside those of its series; the same as in report.css. */
export interface Theme {
  dark: boolean;
  surface: string;
  text: string;
  muted: string;
  axis: string;
  grid: string;
  hatch: string;
  tooltip: string;
}

export const lightTheme: Theme = {
  dark: false,
  surface: '#ffffff',
  text: '#1b2430',
  muted: '#566273',
  axis: '#aab3bf',
  grid: '#e7eaee',
  hatch: '#b9c1cb',
  tooltip: '#ffffff',
};

export const darkTheme: Theme = {
  dark: true,
  surface: '#171c23',
  text: '#e6eaf0',
  muted: '#a3aebc',
  axis: '#56616f',
  grid: '#272e38',
  hatch: '#4a5563',
  tooltip: '#222933',
};

/**
 * A colour as pale as the surface would vanish. Less than the 3:1 of WCAG 2.2 §1.4.11, which would
 * turn yellow into olive: neighbours are parted by a line, and the table has every number.
 */
const minimumContrast = 1.8;

type Rgb = [number, number, number];

function parseHex(color: string): Rgb | null {
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(color);
  if (!match) return null;
  return [1, 2, 3].map((part) => parseInt(match[part] ?? '0', 16)) as Rgb;
}

/** Relative luminance, WCAG 2.2. */
function luminance(rgb: Rgb): number {
  const linear = rgb.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
}

function contrast(one: Rgb, other: Rgb): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/**
 * The model's colour, moved towards white (dark theme) or black until it stands out from the
 * surface: the hue stays, so a service is recognised in both themes.
 */
export function seriesColor(color: string, theme: Theme): string {
  const rgb = parseHex(color);
  const surface = parseHex(theme.surface);
  if (!rgb || !surface) return theme.muted;
  const target = theme.dark ? 255 : 0;
  let mixed = rgb;
  for (let step = 1; step <= 10 && contrast(mixed, surface) < minimumContrast; step += 1) {
    mixed = rgb.map((part) => Math.round(part + (target - part) * step * 0.08)) as Rgb;
  }
  return `#${mixed.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

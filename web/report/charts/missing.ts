import { missingPositions } from '../model';
import type { Drawing } from './drawing';
import { fontSize, textWidth } from './drawing';
import type { CustomSeriesOption } from './echarts';

interface Box { x: number; y: number; width: number; height: number }

const hatchSpacing = 6;

/** Rising diagonal lines that fill a box and end at its edges. */
function hatchLines(box: Box, color: string) {
  const lines = [];
  for (let shift = hatchSpacing; shift < box.width + box.height; shift += hatchSpacing) {
    const fromLeft = Math.min(shift, box.height);
    const fromTop = Math.min(shift, box.width);
    lines.push({
      type: 'line' as const,
      silent: true,
      shape: {
        x1: box.x + shift - fromLeft,
        y1: box.y + fromLeft,
        x2: box.x + fromTop,
        y2: box.y + shift - fromTop,
      },
      style: { stroke: color, lineWidth: 1 },
    });
  }
  return lines;
}

/** A hatched box with the words for "no data" in it where there is room. */
export function hatchedBox(box: Box, drawing: Drawing) {
  const { theme, formatter, font } = drawing;
  const words = formatter.label('missing');
  const size = fontSize(drawing) - 1;
  const wordsWidth = textWidth(words, size, font) + 10;
  const across = wordsWidth <= box.width;
  const upright = !across && box.width >= size + 16 && wordsWidth <= box.height;
  const label = across || upright
    ? [{
        type: 'text' as const,
        silent: true,
        x: box.x + box.width / 2,
        y: box.y + box.height / 2,
        rotation: upright ? Math.PI / 2 : 0,
        style: {
          text: words,
          fill: theme.muted,
          font: `${size}px ${font}`,
          align: 'center' as const,
          verticalAlign: 'middle' as const,
          backgroundColor: theme.surface,
          borderRadius: 3,
          padding: [2, 4],
        },
      }]
    : [];
  return {
    type: 'group' as const,
    children: [
      { type: 'rect' as const, silent: true, shape: box, style: { fill: theme.hatch, opacity: 0.12 } },
      ...hatchLines(box, theme.hatch),
      ...label,
    ],
  };
}

/** Neighbouring positions as runs [first, last]. */
function runs(positions: number[]): [number, number][] {
  const result: [number, number][] = [];
  for (const position of positions) {
    const last = result.at(-1);
    if (last && last[1] === position - 1) last[1] = position;
    else result.push([position, position]);
  }
  return result;
}

/** Hatched bands behind the marks wherever a value is missing. */
export function missingBands(drawing: Drawing): CustomSeriesOption[] {
  const data = runs(missingPositions(drawing.figure));
  if (data.length === 0) return [];
  return [{
    type: 'custom',
    name: 'missing',
    silent: true,
    z: 1,
    animation: false,
    tooltip: { show: false },
    encode: { x: 0, y: [] },
    data,
    renderItem: (params, api) => {
      const plot = params.coordSys as unknown as Box;
      const band = (api.size?.([1, 0]) as number[] | undefined)?.[0] ?? 0;
      const first = (api.coord([api.value(0), 0])[0] ?? 0) - band / 2;
      const last = (api.coord([api.value(1), 0])[0] ?? 0) + band / 2;
      return hatchedBox({ x: first, y: plot.y, width: last - first, height: plot.height }, drawing);
    },
  }];
}

import { figureDecimals } from '../format';
import { valueAt } from '../model';
import { seriesColor } from '../theme';
import { timeAxes } from './axes';
import type { Drawing } from './drawing';
import { fontSize, textWidth } from './drawing';
import type { BarSeriesOption, ChartOption, CustomSeriesOption } from './echarts';
import { missingBands } from './missing';
import { timeTooltip } from './tooltip';

interface Box { x: number; y: number; width: number; height: number }

/** Bars and intervals are laid out apart by ECharts: both must be told the same. */
const layout = { barGap: '12%', barCategoryGap: '34%', barMaxWidth: 44 };

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** Bars side by side, with their intervals and values. */
export function groupedBars(drawing: Drawing): ChartOption {
  const { figure, theme, visible } = drawing;
  const bars: BarSeriesOption[] = visible.map((one) => ({
    type: 'bar',
    name: one.label,
    ...layout,
    data: figure.x.values.map((_, position) => valueAt(one, position) ?? '-'),
    itemStyle: { color: seriesColor(one.color, theme), borderRadius: [2, 2, 0, 0] },
  }));
  return {
    ...timeAxes(drawing, true),
    tooltip: timeTooltip(drawing, 'shadow'),
    series: [...missingBands(drawing), ...bars, intervalsAndValues(drawing)],
  };
}

/** Whiskers from low to high, and the value above, unless it would cover another one. */
function intervalsAndValues(drawing: Drawing): CustomSeriesOption {
  const { figure, visible, theme, formatter, font } = drawing;
  const size = fontSize(drawing) - 1;
  const decimals = figureDecimals(figure);
  const data = visible.flatMap((one, order) => figure.x.values.flatMap((_, position) => {
    const value = valueAt(one, position);
    if (value === null) return [];
    return [[position, value, one.low?.[position] ?? value, one.high?.[position] ?? value, order]];
  }));
  let placed: Box[] = [];
  return {
    type: 'custom',
    name: 'interval',
    silent: true,
    z: 3,
    animation: false,
    tooltip: { show: false },
    encode: { x: 0, y: [1, 2, 3] },
    data,
    renderItem: (params, api) => {
      if (params.dataIndexInside === 0) placed = [];
      const [position, value, low, high, order] = [0, 1, 2, 3, 4].map((part) => Number(api.value(part))) as
        [number, number, number, number, number];
      const slots = api.barLayout({ ...layout, count: visible.length } as Parameters<typeof api.barLayout>[0]);
      const slot = slots?.[order];
      const x = (api.coord([position, value])[0] ?? 0) + (slot?.offsetCenter ?? 0);
      const top = api.coord([position, high])[1] ?? 0;
      const bottom = api.coord([position, low])[1] ?? 0;
      const cap = Math.min(6, (slot?.width ?? 12) / 4);
      const whisker = (x1: number, y1: number, x2: number, y2: number) => ({
        type: 'line' as const,
        silent: true,
        shape: { x1, y1, x2, y2 },
        style: { stroke: theme.text, lineWidth: 1.2 },
      });
      const whiskers = high > low
        ? [whisker(x, top, x, bottom), whisker(x - cap, top, x + cap, top), whisker(x - cap, bottom, x + cap, bottom)]
        : [];
      const text = formatter.number(value, value >= 100 ? 0 : decimals);
      const width = textWidth(text, size, font);
      const box = { x: x - width / 2 - 1, y: top - size - 5, width: width + 2, height: size + 2 };
      const free = !placed.some((other) => overlap(other, box));
      if (free) placed.push(box);
      const label = {
        type: 'text' as const,
        silent: true,
        style: { text, x, y: top - 4, fill: theme.text, font: `${size}px ${font}`,
                 align: 'center' as const, verticalAlign: 'bottom' as const },
      };
      return { type: 'group', children: free ? [...whiskers, label] : whiskers };
    },
  };
}

import type { Series } from '../model';
import { seriesColor } from '../theme';
import { timeAxes } from './axes';
import type { Drawing } from './drawing';
import type { BarSeriesOption, ChartOption, LineSeriesOption } from './echarts';
import { missingBands } from './missing';
import { timeTooltip } from './tooltip';

const missing = '-';

function data(series: Series, length: number): (number | typeof missing)[] {
  return Array.from({ length }, (_, position) => series.values[position] ?? missing);
}

/** One bar a day, stacked by series. */
export function stackedBars(drawing: Drawing): ChartOption {
  const { figure, theme, visible } = drawing;
  const series: BarSeriesOption[] = visible.map((one) => ({
    type: 'bar',
    name: one.label,
    stack: 'all',
    barCategoryGap: '16%',
    barMaxWidth: 56,
    data: data(one, figure.x.values.length),
    // The thin line in the surface's colour parts neighbours that a colour-blind eye may not.
    itemStyle: { color: seriesColor(one.color, theme), borderColor: theme.surface, borderWidth: 0.5 },
    emphasis: { focus: 'none' },
  }));
  return {
    ...timeAxes(drawing, true),
    tooltip: timeTooltip(drawing, 'shadow'),
    series: [...missingBands(drawing), ...series],
  };
}

/** Lines over time, or areas stacked on each other; a missing value breaks them. */
export function lines(drawing: Drawing, stacked: boolean): ChartOption {
  const { figure, theme, visible } = drawing;
  const few = figure.x.values.length <= 12;
  const series: LineSeriesOption[] = visible.map((one) => {
    const color = seriesColor(one.color, theme);
    return {
      type: 'line',
      name: one.label,
      data: data(one, figure.x.values.length),
      connectNulls: false,
      // A value between two missing ones would have no line: it needs its point.
      showSymbol: few || figure.x.values.some((_, position) => isLonely(one, position)),
      symbol: 'circle',
      symbolSize: stacked ? 3 : 5,
      lineStyle: { color, width: stacked ? 1 : 2 },
      itemStyle: { color },
      ...(stacked ? { stack: 'all', areaStyle: { color, opacity: 0.85 } } : {}),
    };
  });
  return {
    ...timeAxes(drawing, false),
    tooltip: timeTooltip(drawing, 'line'),
    series: [...missingBands(drawing), ...series],
  };
}

function isLonely(series: Series, position: number): boolean {
  const known = (at: number) => (series.values[at] ?? null) !== null;
  return known(position) && !known(position - 1) && !known(position + 1);
}

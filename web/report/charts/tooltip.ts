import { figureDecimals } from '../format';
import { totalAt, valueAt } from '../model';
import type { Series } from '../model';
import { seriesColor } from '../theme';
import type { Drawing } from './drawing';
import type { ChartOption } from './echarts';

type Tooltip = NonNullable<ChartOption['tooltip']>;

interface Row { name: string; value: string; color?: string; strong?: boolean }

/** Built from nodes, never from markup: names come from outside. */
function panel(title: string, rows: Row[]): HTMLElement {
  const box = document.createElement('div');
  box.className = 'tip';
  const heading = document.createElement('p');
  heading.textContent = title;
  box.append(heading);
  for (const row of rows) {
    const line = document.createElement('div');
    if (row.strong) line.className = 'tip-total';
    const swatch = document.createElement('i');
    if (row.color) swatch.style.background = row.color;
    const name = document.createElement('span');
    name.textContent = row.name;
    const value = document.createElement('b');
    value.textContent = row.value;
    line.append(swatch, name, value);
    box.append(line);
  }
  return box;
}

function base({ theme, font }: Drawing): Tooltip {
  return {
    confine: true,
    transitionDuration: 0,
    backgroundColor: theme.tooltip,
    borderColor: theme.axis,
    borderWidth: 1,
    padding: [8, 10],
    textStyle: { color: theme.text, fontFamily: font, fontSize: 12 },
    extraCssText: 'box-shadow:0 2px 10px rgb(0 0 0/.16);border-radius:6px',
  };
}

/** All series of the day or month under the pointer. */
export function timeTooltip(drawing: Drawing, pointer: 'shadow' | 'line'): Tooltip {
  const { figure, visible, formatter, theme } = drawing;
  const decimals = figureDecimals(figure);
  const stacked = figure.chart === 'stacked_bars' || figure.chart === 'stacked_area';
  const rowOf = (one: Series, position: number): Row => {
    const value = formatter.number(valueAt(one, position), decimals);
    const [low, high] = [one.low?.[position] ?? null, one.high?.[position] ?? null];
    const interval = low === null || high === null
      ? '' : ` (${formatter.number(low, decimals)}–${formatter.number(high, decimals)})`;
    return { name: one.label, value: value + interval, color: seriesColor(one.color, theme) };
  };
  return {
    ...base(drawing),
    trigger: 'axis',
    axisPointer: {
      type: pointer,
      lineStyle: { color: theme.axis },
      shadowStyle: { color: theme.dark ? 'rgba(255,255,255,.07)' : 'rgba(0,0,0,.05)' },
    },
    formatter: (hit) => {
      const first = (Array.isArray(hit) ? hit[0] : hit) as { axisValue?: string } | undefined;
      const position = figure.x.values.indexOf(first?.axisValue ?? '');
      if (position < 0) return '';
      const rows = visible.map((one) => rowOf(one, position));
      if (stacked && visible.length > 1) {
        const total = formatter.number(totalAt(visible, position), decimals);
        rows.push({ name: formatter.label('total'), value: total, strong: true });
      }
      return panel(formatter.date(figure.x.values[position] ?? ''), rows);
    },
  };
}

/** The part under the pointer, in the strip or in its row. */
export function shareTooltip(drawing: Drawing, all: Series[]): Tooltip {
  const { figure, formatter, theme } = drawing;
  const decimals = figureDecimals(figure);
  return {
    ...base(drawing),
    trigger: 'item',
    formatter: (hit) => {
      const item = (Array.isArray(hit) ? hit[0] : hit) as
        { seriesIndex?: number; dataIndex: number } | undefined;
      if (!item) return '';
      // The strip has one series a part; the rows below are one series after all of those.
      const order = (item.seriesIndex ?? 0) < all.length ? item.seriesIndex ?? 0 : item.dataIndex;
      const one = all[order];
      if (!one) return '';
      return panel(one.label, [
        { name: formatter.label('share'), value: formatter.percent(one.share),
          color: seriesColor(one.color, theme) },
        { name: formatter.label('count'), value: formatter.number(one.values[0], decimals) },
      ]);
    },
  };
}

/** Rows of which only those in sight exist, in the page's own scrolling: a hundred thousand are as fast as ten. */
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { type CSSProperties, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import { Icon } from "./icon.js";

export interface Column<T> {
  key: string;
  title: string;
  /** A track of a CSS grid. */
  width: string;
  cell: (row: T) => ReactNode;
  sortable?: boolean;
  /** Narrow screens stack a row: its first column, then those that are not `wide`. */
  wideOnly?: boolean;
  align?: "end";
}

export interface Sorting {
  key: string;
  descending: boolean;
}

export interface VirtualTableProps<T> {
  /** For screen readers. */
  label: string;
  rows: readonly T[];
  rowKey: (row: T) => string;
  columns: readonly Column<T>[];
  sorting?: Sorting;
  onSort?: (sorting: Sorting) => void;
  /** Called when the last rows come into sight. */
  onEnd?: () => void;
  rowHeight?: number;
}

export function VirtualTable<T>(props: VirtualTableProps<T>) {
  const { label, rows, rowKey, columns, sorting, onSort, onEnd, rowHeight = 53 } = props;
  const body = useRef<HTMLDivElement>(null);
  const [offset, setOffset] = useState(0);
  useLayoutEffect(() => {
    const place = () => setOffset((body.current?.getBoundingClientRect().top ?? 0) + window.scrollY);
    place();
    window.addEventListener("resize", place);
    return () => window.removeEventListener("resize", place);
  }, []);
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => rowHeight,
    getItemKey: (index) => rowKey(rows[index] as T),
    overscan: 12,
    scrollMargin: offset,
  });
  const shown = virtual.getVirtualItems();
  const last = shown.at(-1)?.index ?? -1;
  useEffect(() => {
    if (last >= rows.length - 20) onEnd?.();
  }, [last, rows.length, onEnd]);
  const sizes = {
    "--tracks": columns.map(({ width }) => width).join(" "),
    "--row": `${rowHeight}px`,
  } as CSSProperties;
  return (
    // biome-ignore lint/a11y/useSemanticElements: rows are placed by hand, which tables do not allow
    <div className="vtable" role="table" aria-label={label} aria-rowcount={rows.length + 1} style={sizes}>
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: what is focused are its buttons */}
      <div className="vtable-head" role="row">
        {columns.map((column) => (
          <HeadCell key={column.key} column={column} sorting={sorting} onSort={onSort} />
        ))}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      <div className="vtable-body" role="rowgroup" ref={body} style={{ height: virtual.getTotalSize() }}>
        {shown.map(({ index, key, start }) => {
          const row = rows[index] as T;
          return (
            // biome-ignore lint/a11y/useSemanticElements: as above
            // biome-ignore lint/a11y/useFocusableInteractive: what is focused is its link
            <div
              className="vrow"
              role="row"
              key={key}
              data-index={index}
              aria-rowindex={index + 2}
              ref={virtual.measureElement}
              style={{ transform: `translateY(${start - offset}px)` }}
            >
              {columns.map((column) => (
                // biome-ignore lint/a11y/useSemanticElements: as above
                <div key={column.key} role="cell" className={cellClass(column)}>
                  {column.cell(row)}
                </div>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}

interface HeadCellProps<T> {
  column: Column<T>;
  sorting: Sorting | undefined;
  onSort: ((sorting: Sorting) => void) | undefined;
}

function HeadCell<T>({ column, sorting, onSort }: HeadCellProps<T>) {
  const { key, title, sortable } = column;
  const sorted = sorting?.key === key;
  const direction = sorted ? (sorting.descending ? "descending" : "ascending") : undefined;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a th needs a table
    // biome-ignore lint/a11y/useFocusableInteractive: what is focused is its button
    <div role="columnheader" aria-sort={direction} className={cellClass(column)}>
      {sortable && onSort ? (
        <button type="button" onClick={() => onSort({ key, descending: sorted && !sorting.descending })}>
          {title}
          {sorted && <Icon name={sorting.descending ? "down" : "up"} />}
        </button>
      ) : (
        title
      )}
    </div>
  );
}

function cellClass<T>({ wideOnly, align }: Column<T>): string {
  return ["vcell", wideOnly && "wide-only", align].filter(Boolean).join(" ");
}

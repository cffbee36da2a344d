import { Fragment, type ReactNode, useEffect, useRef } from "react";
import { Link, useLocation } from "wouter";

export interface Crumb {
  label: string;
  href?: string;
}

export interface PageProps {
  /** Also the document's title. */
  title: string;
  /** Beside the title: marks. */
  marks?: ReactNode;
  subtitle?: ReactNode;
  crumbs?: readonly Crumb[];
  actions?: ReactNode;
  children: ReactNode;
}

/** A view. The focus goes to it when it is come to, so that screen readers start at its title. */
export function Page({ title, marks, subtitle, crumbs = [], actions, children }: PageProps) {
  const ref = useRef<HTMLElement>(null);
  const [path] = useLocation();
  const first = useRef(true);
  useEffect(() => {
    document.title = `${title} · Profile Registry`;
  }, [title]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the place is what it is about
  useEffect(() => {
    if (!first.current || document.activeElement === document.body)
      ref.current?.focus({ preventScroll: true });
    first.current = false;
  }, [path]);
  return (
    <main className="page" id="main" ref={ref} tabIndex={-1}>
      <header className="page-head">
        <div className="page-title">
          {crumbs.length > 0 && (
            <nav className="crumbs" aria-label="Breadcrumbs">
              {crumbs.map(({ label, href }, i) => (
                <Fragment key={href ?? label}>
                  {i > 0 && <span aria-hidden="true">/</span>}
                  {href ? <Link href={href}>{label}</Link> : <span>{label}</span>}
                </Fragment>
              ))}
            </nav>
          )}
          <div className="row">
            <h1>
              <bdi>{title}</bdi>
            </h1>
            {marks}
          </div>
          {subtitle && <div className="muted">{subtitle}</div>}
        </div>
        {actions && <div className="row">{actions}</div>}
      </header>
      {children}
    </main>
  );
}

import type { ButtonHTMLAttributes, ReactNode } from "react";
import { Link } from "wouter";
import { Icon, type IconName } from "./icon.js";

type Look = "plain" | "primary" | "danger" | "ghost" | "quiet-danger";

interface Shape {
  look?: Look;
  size?: "small" | "huge";
  icon?: IconName;
}

export interface ButtonProps extends Shape, ButtonHTMLAttributes<HTMLButtonElement> {
  /** Under way: it shows so and takes no further click, but keeps the focus. */
  busy?: boolean;
}

export function Button({ look, size, icon, busy, children, onClick, className = "", ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={`${classOf({ look, size }, children)} ${className}`}
      aria-disabled={busy || undefined}
      onClick={busy ? undefined : onClick}
    >
      {busy ? <span className="spinner" aria-hidden="true" /> : icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

/** A button in looks, a link in what it does: it leads somewhere. */
export function ButtonLink({
  look,
  size,
  icon,
  href,
  children,
  ...rest
}: Shape & { href: string; children?: ReactNode; "aria-label"?: string }) {
  return (
    <Link href={href} className={classOf({ look, size }, children)} {...rest}>
      {icon && <Icon name={icon} />}
      {children}
    </Link>
  );
}

function classOf(
  { look = "plain", size }: { look?: Look | undefined; size?: string | undefined },
  children: ReactNode,
) {
  const looks = look === "quiet-danger" ? "ghost quiet-danger" : look;
  return ["button", looks, size, children ? "" : "icon-only"].filter(Boolean).join(" ");
}

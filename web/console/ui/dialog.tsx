import { type ReactNode, useEffect, useId, useRef } from "react";
import { Button } from "./button.js";

export interface DialogProps {
  title: ReactNode;
  onClose: () => void;
  children: ReactNode;
  /** Its buttons, the one that does it last. */
  actions?: ReactNode;
  wide?: boolean;
  /** Sent by Enter in one of its inputs. */
  onSubmit?: () => void;
}

const WHERE_IT_BEGINS = ":is(.dialog-body :is(input, textarea, select, button), .dialog-foot button):enabled";

/** Modal; Escape closes it, and the focus goes back to where it was. */
export function Dialog({ title, onClose, children, actions, wide, onSubmit }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const before = document.activeElement;
    ref.current?.showModal();
    // The first thing to fill in or to choose, else the button that does nothing.
    ref.current?.querySelector<HTMLElement>(WHERE_IT_BEGINS)?.focus();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={ref}
      aria-labelledby={titleId}
      className={wide ? "wide" : ""}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          event.stopPropagation();
          onSubmit?.();
        }}
      >
        <div className="dialog-head">
          <h2 id={titleId}>{title}</h2>
          <Button look="ghost" size="small" icon="close" aria-label="Close" onClick={onClose} />
        </div>
        <div className="dialog-body">{children}</div>
        {actions && <div className="dialog-foot">{actions}</div>}
      </form>
    </dialog>
  );
}

export interface ConfirmProps {
  title: ReactNode;
  /** What it will do, by name. */
  children: ReactNode;
  /** The verb, as in `Delete support`. */
  action: string;
  danger?: boolean;
  busy?: boolean;
  onConfirm: () => void;
  onClose: () => void;
}

export function ConfirmDialog({ title, children, action, danger, busy, onConfirm, onClose }: ConfirmProps) {
  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look={danger ? "danger" : "primary"} busy={busy ?? false} onClick={onConfirm}>
            {action}
          </Button>
        </>
      }
    >
      {children}
    </Dialog>
  );
}

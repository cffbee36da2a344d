import { useState } from "react";
import { Button, type ButtonProps } from "./button.js";

/** Puts text into the clipboard, and says so. */
export function CopyButton({
  text,
  children,
  ...rest
}: { text: () => string } & Omit<ButtonProps, "onClick">) {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await writeClipboard(text());
    setCopied(true);
    setTimeout(() => setCopied(false), 1_500);
  };
  return (
    <Button {...rest} icon={copied ? "check" : "copy"} onClick={copy}>
      {children}
    </Button>
  );
}

async function writeClipboard(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // Plain HTTP off localhost has no clipboard of its own.
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

import React, { type ReactNode } from "react";
import { styles, TONES } from "./styles.ts";
import type { Tone } from "./words.ts";

export interface NoticeProps {
  tone: Tone;
  /** The tone in words, for those who see neither the colour nor the icon. */
  label: string;
  children: ReactNode;
}

/** A line that says how something stands: by colour, icon and words. */
export function Notice({ tone, label, children }: NoticeProps) {
  const { icon, colour } = TONES[tone];
  return (
    <div style={styles.notice}>
      <span role="img" aria-label={label} style={{ ...styles.badge, background: colour }}>
        {icon}
      </span>
      <div>{children}</div>
    </div>
  );
}

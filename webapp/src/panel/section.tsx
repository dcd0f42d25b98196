import React, { type ReactNode, useId } from "react";

export interface SectionProps {
  title: string;
  /** Stands at the end of the title's line. */
  aside?: ReactNode;
  children: ReactNode;
}

/** A part of the panel with a title. */
export function Section({ title, aside, children }: SectionProps) {
  const id = useId();
  return (
    <section className="OpenClawPanel__section" aria-labelledby={id}>
      <div className="OpenClawPanel__line">
        <h3 id={id}>{title}</h3>
        {aside}
      </div>
      {children}
    </section>
  );
}
